#include "check.h"

void settings(void)
{
    char text[16];
    size_t length = sizeof text;
    uint8_t method = 0;
    boolean_t enabled = B_TRUE;
    uint32_t node = 9;
    int door = -1;

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

    /* No daemon has a door to a peer yet; a message through a door that is not open is not delivered. */
    IS(STMF_STATUS_ERROR, stmfInitProxyDoor(&door, 0));
    REFUSED(stmfInitProxyDoor(&door, -1));
    IS(STMF_ERROR_POST_MSG_FAILED, stmfPostProxyMsg(1, text, 4));
    stmfDestroyProxyDoor(1);
}
