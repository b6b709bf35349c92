#ifndef ANSWERS_H
#define ANSWERS_H

/* answers: what a student has written into the lab's file `answers`, for labs
 * that ask instead of having something built.
 *
 *     # How many bytes is an IPv4 address?
 *     ipv4_bytes: 4
 *
 * Compared is what is left without case, quotes, brackets, commas, more than one
 * blank and an article in front: "[S], [S.]" is "s s.", "The server" is "server".
 * A failure shows what was written, and not what would have been right. All
 * functions fail the running test instead of returning an error. */

/* The answer to a question, as it is compared; fails if there is none. Valid
 * until the next call. */
const char *answer_to(const char *key);

/* It is one of these: "EAGAIN|EWOULDBLOCK". */
void expect_answer(const char *key, const char *right);

/* It is a number, with or without a word behind it ("16384 bytes"). */
void expect_answer_number(const char *key, double right);
void expect_answer_between(const char *key, double least, double most);

/* Another file of the submission, as a text; at most 1 MiB of it. Valid until the
 * next call. */
const char *submitted_text(const char *name);

#endif
