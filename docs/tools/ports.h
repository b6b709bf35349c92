#ifndef PORTS_H
#define PORTS_H

/* ports: free ports for those that a README writes.
 *
 * READMEs write 8080-8099 and 9001-9099. A replay puts free ports in their
 * place, below those that the kernel hands out: neighbours stay neighbours, so
 * that a script may add one, and all have four digits, so that no length in an
 * output changes. A UDP socket keeps other replays from choosing the same. */

enum { PORTS_MAX = 20 + 99 };

struct ports {
    int base;             /* 8080 is base, 9001 is base + 20 */
    int guard;            /* the UDP socket; closed by ports_release() */
    char used[PORTS_MAX]; /* the README has it: outputs may be rewritten */
};

/* Chooses the ports. Returns 0, or -1 when none are free. */
int ports_choose(struct ports *p);
void ports_release(struct ports *p);

/* The README has this text in a console block. */
void ports_note(struct ports *p, const char *text);

/* Rewrites, in place, the numbers of the README to the real ports; and back,
 * those that were noted. Only whole numbers count. */
void ports_to_real(const struct ports *p, char *text);
void ports_to_shown(const struct ports *p, char *text);

#endif
