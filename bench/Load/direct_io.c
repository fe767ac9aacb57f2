/* direct_io: random reads of 4 KiB past the page cache, by threads that call pread and by io_uring.
 *
 * What a store for O_DIRECT has to choose between (docs/adr/0015): commands on the way, IOPS, and CPU for each.
 * The file is made with 1 GiB of data where it is not there.
 *
 * cc -O2 -Wall -pthread -o direct_io direct_io.c && ./direct_io FILE [SECONDS]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 4096, BLOCKS = 1 << 18 };
static int file;
static double seconds = 3;
static volatile int stop;
static uint64_t done;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu(void)
{
	struct rusage r;
	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) + (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static off_t next_place(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (off_t)(*seed % BLOCKS) * BLOCK;
}

static void *reader(void *arg)
{
	uint64_t seed = 0x9E3779B97F4A7C15ull + (uintptr_t)arg * 77;
	void *buf = aligned_alloc(BLOCK, BLOCK);
	while (!stop) {
		if (pread(file, buf, BLOCK, next_place(&seed)) != BLOCK)
			abort();
		__atomic_add_fetch(&done, 1, __ATOMIC_RELAXED);
	}
	free(buf);
	return NULL;
}

static void print(const char *how, int depth, double time, double used)
{
	printf("| %s | %d | %.0f | %.1f |\n", how, depth, (double)done / time, used * 1e6 / (double)done);
	fflush(stdout);
}

static void by_threads(int count)
{
	pthread_t t[64];
	stop = 0;
	done = 0;
	double c = cpu(), b = now();
	for (intptr_t i = 0; i < count; i++)
		pthread_create(&t[i], NULL, reader, (void *)i);
	usleep((useconds_t)(seconds * 1e6));
	stop = 1;
	for (int i = 0; i < count; i++)
		pthread_join(t[i], NULL);
	print("threads", count, now() - b, cpu() - c);
}

static void by_ring(int depth)
{
	struct io_uring_params p = { 0 };
	int ring = (int)syscall(__NR_io_uring_setup, 64, &p);
	if (ring < 0) {
		printf("io_uring is not permitted here: %s\n", strerror(errno));
		return;
	}
	size_t sq_bytes = p.sq_off.array + p.sq_entries * sizeof(unsigned);
	size_t cq_bytes = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	char *sq = mmap(0, sq_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	char *cq = mmap(0, cq_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	struct io_uring_sqe *sqes = mmap(0, p.sq_entries * sizeof *sqes, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
					 IORING_OFF_SQES);
	unsigned *sq_tail = (unsigned *)(sq + p.sq_off.tail), *sq_array = (unsigned *)(sq + p.sq_off.array);
	unsigned sq_mask = *(unsigned *)(sq + p.sq_off.ring_mask), cq_mask = *(unsigned *)(cq + p.cq_off.ring_mask);
	unsigned *cq_head = (unsigned *)(cq + p.cq_off.head), *cq_tail = (unsigned *)(cq + p.cq_off.tail);
	struct io_uring_cqe *cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	uint64_t seed = 42;
	int free_slots[64], free_count = 0, on_the_way = 0;
	char *bufs = aligned_alloc(BLOCK, (size_t)depth * BLOCK);
	for (int i = 0; i < depth; i++)
		free_slots[free_count++] = i;
	done = 0;
	double c = cpu(), b = now();
	while (on_the_way > 0 || now() - b < seconds) {
		unsigned tail = *sq_tail, submitted = 0;
		while (free_count > 0 && now() - b < seconds) {
			int slot = free_slots[--free_count];
			unsigned at = tail & sq_mask;
			sqes[at] = (struct io_uring_sqe){ .opcode = IORING_OP_READ, .fd = file, .len = BLOCK,
							  .addr = (uintptr_t)(bufs + (size_t)slot * BLOCK),
							  .off = (uint64_t)next_place(&seed), .user_data = (uint64_t)slot };
			sq_array[at] = at;
			tail++;
			submitted++;
		}
		__atomic_store_n(sq_tail, tail, __ATOMIC_RELEASE);
		on_the_way += (int)submitted;
		if (syscall(__NR_io_uring_enter, ring, submitted, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0 && errno != EINTR)
			abort();
		unsigned head = *cq_head;
		for (; head != __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE); head++) {
			if (cqes[head & cq_mask].res != BLOCK)
				abort();
			free_slots[free_count++] = (int)cqes[head & cq_mask].user_data;
			on_the_way--;
			done++;
		}
		__atomic_store_n(cq_head, head, __ATOMIC_RELEASE);
	}
	print("io_uring", depth, now() - b, cpu() - c);
	close(ring);
	free(bufs);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (argc > 2)
		seconds = atof(argv[2]);
	file = open(argv[1], O_RDWR | O_CREAT, 0600);
	static char data[1 << 20];
	memset(data, 0x5A, sizeof data);
	for (off_t at = lseek(file, 0, SEEK_END); at < (off_t)BLOCKS * BLOCK; at += (off_t)sizeof data)
		if (pwrite(file, data, sizeof data, at) < 0)
			return 1;
	fsync(file);
	close(file);
	file = open(argv[1], O_RDONLY | O_DIRECT);
	if (file < 0) {
		perror(argv[1]);
		return 1;
	}
	puts("| by | on the way | IOPS | CPU us each |\n|---|---:|---:|---:|");
	for (int depth = 1; depth <= 32; depth *= 4 - 2 * (depth == 16)) {
		by_threads(depth);
		by_ring(depth);
	}
	return 0;
}
