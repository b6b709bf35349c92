#ifndef FILE_TYPE_H
#define FILE_TYPE_H

/* The Content-Type for a file of that name, by its extension in either case;
 * "application/octet-stream" for an unknown one. A string constant. */
const char *file_type(const char *name);

#endif
