/* A program that calls the socket functions and writes down what each gives. It is run twice, with the kernel's TCP and
 * with splnet's, and the transcripts must be the same. */
#ifndef CALLS_H
#define CALLS_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

typedef struct sockaddr_in in;
typedef struct sockaddr sa;

extern volatile sig_atomic_t pipes;

/* "what: result", with the errno's name if it is -1; SIGPIPEs since the last line are counted. */
long say(const char *what, long result);
/* Waits until poll() gives one of the events, for at most five seconds. */
short await(int fd, short events);
in at(int port);
int port_of(int fd);
/* A listener at a port of the stack's choice. */
int listener(void);
/* A connection; `ends[0]` connected, `ends[1]` was accepted. */
void joined(int ends[2]);
/* Reads exactly so many octets; how many came. */
size_t read_all(int fd, void *buffer, size_t size);
/* Ends the program: a thing that the test itself relies on has failed. */
void need(bool well, const char *what);

void tcp_connect(void);
void tcp_accept(void);
void tcp_data(void);
void tcp_ends(void);
void options(void);
void life(void);
void udp(void);
void ports(void);
void inet6(void);
void random_walk(unsigned seed);
/* What a program does that was started with a socket as descriptor `fd`. */
int heir(int fd);

#endif
