#include "check.h"

static nvlist_t *sample(void)
{
    nvlist_t *list = NULL, *inner = NULL;
    char *texts[] = {"one", "", "three"};
    uchar_t bytes[] = {0, 1, 0xff};

    CHECK(nvlist_alloc(&list, NV_UNIQUE_NAME, 0) == 0 && nvlist_alloc(&inner, NV_UNIQUE_NAME, 0) == 0);
    CHECK(nvlist_add_uint64(inner, "answer", 42) == 0);
    CHECK(nvlist_add_string(list, "text", "old") == 0 && nvlist_add_string(list, "text", "caf\xc3\xa9") == 0);
    CHECK(nvlist_add_boolean_value(list, "flag", B_TRUE) == 0);
    CHECK(nvlist_add_uint64(list, "unsigned", UINT64_MAX) == 0 && nvlist_add_int64(list, "signed", INT64_MIN) == 0);
    CHECK(nvlist_add_string_array(list, "texts", texts, 3) == 0);
    CHECK(nvlist_add_byte_array(list, "bytes", bytes, 3) == 0);
    CHECK(nvlist_add_nvlist(list, "list", inner) == 0);
    nvlist_free(inner);
    CHECK(nvlist_add_string(list, "gone", "x") == 0 && nvlist_remove_all(list, "gone") == 0);
    CHECK(nvlist_remove_all(list, "gone") == ENOENT);
    return list;
}

static void check_sample(nvlist_t *list)
{
    char *text = NULL, **texts = NULL;
    boolean_t flag = B_FALSE;
    uint64_t number = 0;
    int64_t negative = 0;
    uchar_t *bytes = NULL;
    uint_t count = 0;
    int pairs = 0;
    nvlist_t *inner = NULL;

    CHECK(nvlist_lookup_string(list, "text", &text) == 0 && strcmp(text, "caf\xc3\xa9") == 0);
    CHECK(nvlist_lookup_boolean_value(list, "flag", &flag) == 0 && flag == B_TRUE);
    CHECK(nvlist_lookup_uint64(list, "unsigned", &number) == 0 && number == UINT64_MAX);
    CHECK(nvlist_lookup_int64(list, "signed", &negative) == 0 && negative == INT64_MIN);
    CHECK(nvlist_lookup_string_array(list, "texts", &texts, &count) == 0 && count == 3);
    CHECK(texts != NULL && strcmp(texts[0], "one") == 0 && texts[1][0] == 0 && strcmp(texts[2], "three") == 0);
    CHECK(nvlist_lookup_byte_array(list, "bytes", &bytes, &count) == 0 && count == 3 && bytes[2] == 0xff);
    CHECK(nvlist_lookup_nvlist(list, "list", &inner) == 0);
    CHECK(nvlist_lookup_uint64(inner, "answer", &number) == 0 && number == 42);
    CHECK(nvlist_lookup_string(list, "flag", &text) == EINVAL && nvlist_lookup_string(list, "no", &text) == ENOENT);
    for (nvpair_t *pair = NULL; (pair = nvlist_next_nvpair(list, pair)) != NULL; pairs++)
        CHECK(pairs > 0 || (strcmp(nvpair_name(pair), "text") == 0 && nvpair_type(pair) == DATA_TYPE_STRING));
    CHECK(pairs == 7);
}

static int lists_acme(void)
{
    stmfProviderList *list = NULL;
    int found = 0;

    OK(stmfGetProviderDataList(&list));
    for (uint32_t i = 0; i < list->cnt; i++)
        found += list->provider[i].providerType == STMF_LU_PROVIDER_TYPE && strcmp(list->provider[i].name, "acme") == 0;
    stmfFreeMemory(list);
    return found;
}

void provider_data(void)
{
    nvlist_t *list = sample(), *read = NULL;
    uint64_t token = 0, stale;
    char name[300];

    IS(STMF_ERROR_NOT_FOUND, stmfGetProviderData("acme", &read, STMF_LU_PROVIDER_TYPE));
    IS(STMF_ERROR_NOT_FOUND, stmfClearProviderData("acme", STMF_LU_PROVIDER_TYPE));
    OK(stmfSetProviderData("acme", list, STMF_LU_PROVIDER_TYPE));
    CHECK(lists_acme() == 1);
    OK(stmfGetProviderDataProt("acme", &read, STMF_LU_PROVIDER_TYPE, &token));
    check_sample(read);
    stale = token;
    OK(stmfSetProviderDataProt("acme", read, STMF_LU_PROVIDER_TYPE, &token));
    CHECK(token != stale);
    IS(STMF_ERROR_PROV_DATA_STALE, stmfSetProviderDataProt("acme", read, STMF_LU_PROVIDER_TYPE, &stale));
    OK(stmfSetProviderDataProt("acme", read, STMF_LU_PROVIDER_TYPE, NULL));
    nvlist_free(read);
    OK(stmfGetProviderDataProt("acme", &read, STMF_LU_PROVIDER_TYPE, NULL));
    nvlist_free(read);
    OK(stmfClearProviderData("acme", STMF_LU_PROVIDER_TYPE));
    CHECK(lists_acme() == 0);

    REFUSED(stmfSetProviderData("acme", list, 3));
    REFUSED(stmfGetProviderData("acme", &read, 0));
    REFUSED(stmfClearProviderData("", STMF_LU_PROVIDER_TYPE));
    memset(name, 'x', sizeof name);
    name[256] = 0;
    REFUSED(stmfSetProviderData(name, list, STMF_LU_PROVIDER_TYPE));
    REFUSED(stmfGetProviderData(name, &read, STMF_LU_PROVIDER_TYPE));
    REFUSED(stmfClearProviderData(name, STMF_LU_PROVIDER_TYPE));
    CHECK(nvlist_add_string(list, "odd", "\xff") == 0);
    REFUSED(stmfSetProviderData("acme", list, STMF_LU_PROVIDER_TYPE));
    nvlist_free(list);
}
