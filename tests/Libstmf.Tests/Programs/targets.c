#include "check.h"
#include <time.h>

void targets(void)
{
    stmfDevid target = devid_of(given("TARGET")), stranger = devid_of("iqn.2026-11.example:stranger");
    stmfDevidList *list = NULL;
    stmfTargetProperties properties;
    stmfSessionList *sessions = NULL;

    OK(stmfGetTargetList(&list));
    CHECK(list->cnt == 1 && memcmp(&list->devid[0], &target, sizeof target) == 0);
    stmfFreeMemory(list);

    OK(stmfGetTargetProperties(&target, &properties));
    CHECK(strcmp(properties.providerName, "iscsit") == 0 && strcmp(properties.alias, given("ALIAS")) == 0);
    CHECK(properties.status == STMF_TARGET_PORT_ONLINE && properties.protocol == STMF_PROTOCOL_ISCSI);
    CHECK(memcmp(&properties.devid, &target, sizeof target) == 0);
    IS(STMF_ERROR_NOT_FOUND, stmfGetTargetProperties(&stranger, &properties));

    OK(stmfGetSessionList(&target, &sessions));
    CHECK(sessions->cnt == 1);
    CHECK(strncmp((char *)sessions->session[0].initiator.ident, "iqn.2026-11.example:client", 26) == 0);
    CHECK(strcmp(sessions->session[0].alias, "the client") == 0);
    CHECK(time(NULL) - sessions->session[0].creationTime < 600);
    stmfFreeMemory(sessions);
    /* As ever: no such port is no code of its own here. */
    IS(STMF_STATUS_ERROR, stmfGetSessionList(&stranger, &sessions));

    OK(stmfOnlineTarget(&target));
    OK(stmfOfflineTarget(&target));
    OK(stmfOfflineTarget(&target));
    CHECK(wait_for_target(&target, STMF_TARGET_PORT_OFFLINE));
    OK(stmfOfflineTarget(&target));
    OK(stmfGetSessionList(&target, &sessions));
    CHECK(sessions->cnt == 0);
    stmfFreeMemory(sessions);
    OK(stmfOnlineTarget(&target));
    CHECK(wait_for_target(&target, STMF_TARGET_PORT_ONLINE));
    IS(STMF_ERROR_NOT_FOUND, stmfOnlineTarget(&stranger));
    IS(STMF_ERROR_NOT_FOUND, stmfOfflineTarget(&stranger));
}
