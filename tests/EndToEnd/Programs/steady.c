/* steady URL FILE: writes blocks and reads them back through libiscsi until there is such a file. libiscsi reconnects by
   itself; only a unit attention is asked again. Prints how many rounds were done; exit status 1 at the first error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>

enum { BLOCK = 512, BLOCKS = 16, TRIES = 4 };

static struct iscsi_context *iscsi;

static int good(struct scsi_task *task, const char *what)
{
    if (task != NULL && task->status == SCSI_STATUS_GOOD)
        return 1;
    if (task != NULL && task->status == SCSI_STATUS_CHECK_CONDITION && task->sense.key == SCSI_SENSE_UNIT_ATTENTION)
        return 0;
    fprintf(stderr, "%s: %s\n", what, iscsi_get_error(iscsi));
    exit(1);
}

static void write_blocks(int lun, unsigned lba, unsigned char *data)
{
    for (int i = 0; i < TRIES; i++) {
        struct scsi_task *task =
            iscsi_write10_sync(iscsi, lun, lba, data, BLOCKS * BLOCK, BLOCK, 0, 0, 0, 0, 0);
        int done = good(task, "write");
        scsi_free_scsi_task(task);
        if (done)
            return;
    }
    fprintf(stderr, "write: only unit attentions\n");
    exit(1);
}

static void read_blocks(int lun, unsigned lba, const unsigned char *expected)
{
    for (int i = 0; i < TRIES; i++) {
        struct scsi_task *task = iscsi_read10_sync(iscsi, lun, lba, BLOCKS * BLOCK, BLOCK, 0, 0, 0, 0, 0);
        int done = good(task, "read");
        if (done && (task->datain.size != BLOCKS * BLOCK || memcmp(task->datain.data, expected, BLOCKS * BLOCK))) {
            fprintf(stderr, "read: other bytes than were written\n");
            exit(1);
        }
        scsi_free_scsi_task(task);
        if (done)
            return;
    }
    fprintf(stderr, "read: only unit attentions\n");
    exit(1);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "steady URL FILE\n");
        return 2;
    }
    iscsi = iscsi_create_context("iqn.2026-11.example:steady");
    struct iscsi_url *url = iscsi_parse_full_url(iscsi, argv[1]);
    if (url == NULL) {
        fprintf(stderr, "%s\n", iscsi_get_error(iscsi));
        return 1;
    }
    iscsi_set_targetname(iscsi, url->target);
    iscsi_set_session_type(iscsi, ISCSI_SESSION_NORMAL);
    iscsi_set_header_digest(iscsi, ISCSI_HEADER_DIGEST_CRC32C);
    if (iscsi_full_connect_sync(iscsi, url->portal, url->lun) != 0) {
        fprintf(stderr, "%s\n", iscsi_get_error(iscsi));
        return 1;
    }
    unsigned char data[BLOCKS * BLOCK];
    unsigned rounds = 0;
    alarm(600);
    for (; access(argv[2], F_OK) != 0; rounds++) {
        memset(data, rounds * 7 + 1, sizeof data);
        memcpy(data, &rounds, sizeof rounds);
        unsigned lba = rounds % 1000 * BLOCKS;
        write_blocks(url->lun, lba, data);
        read_blocks(url->lun, lba, data);
    }
    iscsi_logout_sync(iscsi);
    printf("%u\n", rounds);
    return 0;
}
