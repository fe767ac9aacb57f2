#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

void settings(void)
{
    char text[16];
    size_t length = sizeof text;
    uint8_t method = 0;
    boolean_t enabled = B_TRUE;
    uint32_t node = 9;
    int door = -1;
    int node_door = -1;
    int ends[2];
    unsigned char frame[10] = {0, 0, 0, 6, 1, 9, 0, 0, 0, 0};

    OK(stmfGetStmfProp(STMF_DEFAULT_LU_STATE, text, &length));
    CHECK(strcmp(text, "online") == 0);
    OK(stmfSetStmfProp(STMF_DEFAULT_TARGET_PORT_STATE, "offline"));
    length = 7;
    REFUSED(stmfGetStmfProp(STMF_DEFAULT_TARGET_PORT_STATE, text, &length));
    CHECK(length == 8);
    OK(stmfGetStmfProp(STMF_DEFAULT_TARGET_PORT_STATE, text, &length));
    CHECK(strcmp(text, "offline") == 0);
    REFUSED(stmfSetStmfProp(STMF_DEFAULT_LU_STATE, "perhaps"));
    REFUSED(stmfSetStmfProp(17, "online"));
    REFUSED(stmfGetStmfProp(20, text, &length));
    OK(stmfLoadStmfProps());

    OK(stmfGetPersistMethod(&method, B_FALSE));
    CHECK(method == STMF_PERSIST_SMF);
    REFUSED(stmfSetPersistMethod(3, B_FALSE));
    OK(stmfSetPersistMethod(STMF_PERSIST_NONE, B_FALSE));
    OK(stmfGetPersistMethod(&method, B_FALSE));
    CHECK(method == STMF_PERSIST_NONE);
    OK(stmfGetPersistMethod(&method, B_TRUE));
    CHECK(method == STMF_PERSIST_SMF);
    OK(stmfSetPersistMethod(STMF_PERSIST_NONE, B_TRUE));
    OK(stmfGetPersistMethod(&method, B_TRUE));
    CHECK(method == STMF_PERSIST_NONE);
    OK(stmfSetPersistMethod(STMF_PERSIST_SMF, B_TRUE));

    OK(stmfGetAluaState(&enabled, &node));
    CHECK(enabled == B_FALSE && node == 0);
    OK(stmfSetAluaState(B_TRUE, 1));
    OK(stmfGetAluaState(&enabled, &node));
    CHECK(enabled == B_TRUE && node == 1);
    REFUSED(stmfSetAluaState(B_TRUE, 2));
    OK(stmfSetAluaState(B_FALSE, 0));

    REFUSED(stmfInitProxyDoor(&door, -1));
    OK(pipe(ends));
    REFUSED(stmfInitProxyDoor(&door, ends[0]));
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    OK(stmfInitProxyDoor(&door, ends[0]));
    IS(STMF_ERROR_DOOR_INSTALLED, stmfInitProxyDoor(&node_door, ends[1]));
    CHECK(write(ends[1], text, 0) == 0);
    IS(STMF_ERROR_POST_MSG_FAILED, stmfPostProxyMsg(door, text, 4));
    IS(STMF_ERROR_POST_MSG_FAILED, stmfPostProxyMsg(door + 1, frame, sizeof frame));
    /* Node 9 owns nothing and has no ports: the frame is taken as if it had come through the door. */
    OK(stmfPostProxyMsg(door, frame, sizeof frame));
    /* The daemon's side of the door says who it is. */
    CHECK(read(ends[1], frame, 5) == 5 && frame[4] == 1);
    stmfDestroyProxyDoor(door);
    IS(STMF_ERROR_POST_MSG_FAILED, stmfPostProxyMsg(door, frame, sizeof frame));
    stmfDestroyProxyDoor(door);
}
