#include "check.h"

void service(void)
{
    stmfState state = {-1, -1};
    char words[64];

    OK(stmfGetState(&state));
    CHECK(state.operationalState == STMF_SERVICE_STATE_ONLINE && state.configState == STMF_CONFIG_STATE_INIT_DONE);
    CHECK(lunette_stmf_detail(words, sizeof words) == 1 && words[0] == 0);
    IS(STMF_ERROR_SERVICE_ONLINE, stmfOnline());
    CHECK(lunette_stmf_detail(words, 4) > 4 && strlen(words) == 3);
    IS(STMF_ERROR_SERVICE_ONLINE, stmfLoadConfig());
    OK(stmfOffline());
    CHECK(wait_for_service(STMF_SERVICE_STATE_OFFLINE));
    IS(STMF_ERROR_SERVICE_OFFLINE, stmfOffline());
    OK(stmfLoadConfig());
    OK(stmfLoadStmfProps());
    OK(stmfOnline());
    CHECK(wait_for_service(STMF_SERVICE_STATE_ONLINE));
}
