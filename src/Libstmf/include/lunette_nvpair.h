/*
 * Name/value lists, as far as libstmf's provider data needs them.
 *
 * The functions have names of their own, so this library can live in one process with any libnvpair. A program written
 * for libnvpair's names gets them as macros, unless it defines LUNETTE_OWN_NVLIST_NAMES_ONLY or has included another
 * libnvpair's header before: then it uses the lunette_ names. The two kinds of list are not interchangeable.
 *
 * Functions that return int return 0 or a number of errno.h: EINVAL for a NULL, a wrong type or text that is no UTF-8,
 * ENOENT where the name is not in the list, ENOMEM. A list holds each name once: adding one again replaces its value.
 * Added values are copied. What is looked up belongs to the list and stays valid until the list is changed or freed.
 */
#ifndef LUNETTE_NVPAIR_H
#define LUNETTE_NVPAIR_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Solaris' words for two common types. Define LUNETTE_HAVE_SOLARIS_TYPES where something else declares them. */
#if !defined(LUNETTE_HAVE_SOLARIS_TYPES) && !defined(__sun)
#define LUNETTE_HAVE_SOLARIS_TYPES
typedef enum { B_FALSE = 0, B_TRUE = 1 } boolean_t;
typedef unsigned char uchar_t;
typedef unsigned int uint_t;
#endif

typedef struct lunette_nvlist lunette_nvlist_t;
typedef struct lunette_nvpair lunette_nvpair_t;

/* Types of values, numbered as everywhere. */
enum {
    LUNETTE_TYPE_UNKNOWN = 0,
    LUNETTE_TYPE_INT64 = 7,
    LUNETTE_TYPE_UINT64 = 8,
    LUNETTE_TYPE_STRING = 9,
    LUNETTE_TYPE_BYTE_ARRAY = 10,
    LUNETTE_TYPE_STRING_ARRAY = 17,
    LUNETTE_TYPE_NVLIST = 19,
    LUNETTE_TYPE_BOOLEAN_VALUE = 21
};

#define LUNETTE_UNIQUE_NAME 1u

/* flag: LUNETTE_UNIQUE_NAME; memory_flag: 0. */
int lunette_nvlist_alloc(lunette_nvlist_t **list, unsigned flag, int memory_flag);
void lunette_nvlist_free(lunette_nvlist_t *list);
int lunette_nvlist_remove_all(lunette_nvlist_t *list, const char *name);

int lunette_nvlist_add_boolean_value(lunette_nvlist_t *list, const char *name, boolean_t value);
int lunette_nvlist_add_int64(lunette_nvlist_t *list, const char *name, int64_t value);
int lunette_nvlist_add_uint64(lunette_nvlist_t *list, const char *name, uint64_t value);
int lunette_nvlist_add_string(lunette_nvlist_t *list, const char *name, const char *value);
int lunette_nvlist_add_byte_array(lunette_nvlist_t *list, const char *name, const uchar_t *value, uint_t count);
int lunette_nvlist_add_string_array(lunette_nvlist_t *list, const char *name, char *const *value, uint_t count);
int lunette_nvlist_add_nvlist(lunette_nvlist_t *list, const char *name, const lunette_nvlist_t *value);

int lunette_nvlist_lookup_nvpair(const lunette_nvlist_t *list, const char *name, lunette_nvpair_t **pair);

/* The first pair of a list for NULL, else the one behind; NULL at the end. */
lunette_nvpair_t *lunette_nvlist_next_nvpair(const lunette_nvlist_t *list, const lunette_nvpair_t *pair);
char *lunette_nvpair_name(const lunette_nvpair_t *pair);
int lunette_nvpair_type(const lunette_nvpair_t *pair);

int lunette_nvpair_value_boolean_value(const lunette_nvpair_t *pair, boolean_t *value);
int lunette_nvpair_value_int64(const lunette_nvpair_t *pair, int64_t *value);
int lunette_nvpair_value_uint64(const lunette_nvpair_t *pair, uint64_t *value);
int lunette_nvpair_value_string(const lunette_nvpair_t *pair, char **value);
int lunette_nvpair_value_byte_array(const lunette_nvpair_t *pair, uchar_t **value, uint_t *count);
int lunette_nvpair_value_string_array(const lunette_nvpair_t *pair, char ***value, uint_t *count);
int lunette_nvpair_value_nvlist(const lunette_nvpair_t *pair, lunette_nvlist_t **value);

/* A lookup by name and type is a lookup by name and a look at the type. */
#define LUNETTE_LOOKUP(list, name, type, ...) \
    (__extension__({ \
        lunette_nvpair_t *lunette_found_ = NULL; \
        int lunette_error_ = lunette_nvlist_lookup_nvpair((list), (name), &lunette_found_); \
        if (lunette_error_ == 0) lunette_error_ = lunette_nvpair_value_##type(lunette_found_, __VA_ARGS__); \
        lunette_error_; \
    }))

#if !defined(LUNETTE_OWN_NVLIST_NAMES_ONLY) && !defined(_LIBNVPAIR_H) && !defined(_SYS_NVPAIR_H)
#define nvlist_t lunette_nvlist_t
#define nvpair_t lunette_nvpair_t
#define NV_UNIQUE_NAME LUNETTE_UNIQUE_NAME
#define DATA_TYPE_UNKNOWN LUNETTE_TYPE_UNKNOWN
#define DATA_TYPE_INT64 LUNETTE_TYPE_INT64
#define DATA_TYPE_UINT64 LUNETTE_TYPE_UINT64
#define DATA_TYPE_STRING LUNETTE_TYPE_STRING
#define DATA_TYPE_BYTE_ARRAY LUNETTE_TYPE_BYTE_ARRAY
#define DATA_TYPE_STRING_ARRAY LUNETTE_TYPE_STRING_ARRAY
#define DATA_TYPE_NVLIST LUNETTE_TYPE_NVLIST
#define DATA_TYPE_BOOLEAN_VALUE LUNETTE_TYPE_BOOLEAN_VALUE
#define nvlist_alloc lunette_nvlist_alloc
#define nvlist_free lunette_nvlist_free
#define nvlist_remove_all lunette_nvlist_remove_all
#define nvlist_add_boolean_value lunette_nvlist_add_boolean_value
#define nvlist_add_int64 lunette_nvlist_add_int64
#define nvlist_add_uint64 lunette_nvlist_add_uint64
#define nvlist_add_string lunette_nvlist_add_string
#define nvlist_add_byte_array lunette_nvlist_add_byte_array
#define nvlist_add_string_array lunette_nvlist_add_string_array
#define nvlist_add_nvlist lunette_nvlist_add_nvlist
#define nvlist_lookup_nvpair lunette_nvlist_lookup_nvpair
#define nvlist_next_nvpair lunette_nvlist_next_nvpair
#define nvpair_name lunette_nvpair_name
#define nvpair_type lunette_nvpair_type
#define nvpair_value_boolean_value lunette_nvpair_value_boolean_value
#define nvpair_value_int64 lunette_nvpair_value_int64
#define nvpair_value_uint64 lunette_nvpair_value_uint64
#define nvpair_value_string lunette_nvpair_value_string
#define nvpair_value_byte_array lunette_nvpair_value_byte_array
#define nvpair_value_string_array lunette_nvpair_value_string_array
#define nvpair_value_nvlist lunette_nvpair_value_nvlist
#define nvlist_lookup_boolean_value(list, name, value) LUNETTE_LOOKUP(list, name, boolean_value, value)
#define nvlist_lookup_int64(list, name, value) LUNETTE_LOOKUP(list, name, int64, value)
#define nvlist_lookup_uint64(list, name, value) LUNETTE_LOOKUP(list, name, uint64, value)
#define nvlist_lookup_string(list, name, value) LUNETTE_LOOKUP(list, name, string, value)
#define nvlist_lookup_byte_array(list, name, value, count) LUNETTE_LOOKUP(list, name, byte_array, value, count)
#define nvlist_lookup_string_array(list, name, value, count) LUNETTE_LOOKUP(list, name, string_array, value, count)
#define nvlist_lookup_nvlist(list, name, value) LUNETTE_LOOKUP(list, name, nvlist, value)
#endif

#ifdef __cplusplus
}
#endif

#endif
