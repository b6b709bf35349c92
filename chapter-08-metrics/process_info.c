#include "process_info.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ru_maxrss is in kilobytes, except on macOS. */
#if defined(__APPLE__)
#define MAXRSS_UNIT 1.0
#else
#define MAXRSS_UNIT 1024.0
#endif

/* /proc/self/statm: size and resident, in pages. */
static long resident_pages(void)
{
    FILE *statm = fopen("/proc/self/statm", "re");
    long size, resident = -1;

    if (statm == NULL)
        return -1;
    if (fscanf(statm, "%ld %ld", &size, &resident) != 2)
        resident = -1;
    fclose(statm);
    return resident;
}

double process_resident_bytes(void)
{
    long pages = resident_pages();
    struct rusage usage;

    if (pages > 0)
        return (double)pages * (double)sysconf(_SC_PAGESIZE);
    return getrusage(RUSAGE_SELF, &usage) == 0
               ? (double)usage.ru_maxrss * MAXRSS_UNIT
               : 0;
}

/* Entries but "." and ".." and the descriptor that we read them with. */
static long count_entries(const char *path)
{
    DIR *directory = opendir(path);
    long count = -3;

    if (directory == NULL)
        return 0;
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count > 0 ? count : 0;
}

/* From Linux 6.2 on the directory's size is the number of descriptors, which
 * spares us a list of all of them. */
double process_open_fds(void)
{
    struct stat st;

    if (stat("/proc/self/fd", &st) == 0 && st.st_size > 0)
        return (double)st.st_size;
    return (double)count_entries("/dev/fd");
}

double process_wall_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
