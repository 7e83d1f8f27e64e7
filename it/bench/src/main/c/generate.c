/*
 * Greedy generation with llama.cpp 0.5.0 driven from C: what engine-llamacpp is compared with.
 * Of llama.cpp nothing is included; what is used of it is declared here.
 *
 * usage: generate <folder of the libraries> <model.gguf> <tokens in context> <tokens to generate> <sequences> <prompt ids ...>
 *
 * Prints "ready", then for each line that it reads one round: its nanoseconds, those of the processor,
 * and a hash of the tokens.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct model_settings {
    union {
        struct { char before[24]; int32_t load_mode; char between[46]; bool extra_buffer_types; };
        int64_t all[10];
    };
};

struct context_settings {
    union {
        struct {
            uint32_t tokens, batch, physical_batch, sequences, snapshots, outputs, outputs_each;
            int32_t threads, batch_threads;
            char between[94];
            bool no_performance;
        };
        int64_t all[20];
    };
};

struct batch {
    int32_t count;
    int32_t *ids;
    void *vectors, *positions, *sequence_counts, *sequences, *outputs;
};

_Static_assert(sizeof(struct model_settings) == 80, "llama_model_params");
_Static_assert(sizeof(struct context_settings) == 160, "llama_context_params");
_Static_assert(sizeof(struct batch) == 56, "llama_batch");

static void quiet(int level, const char *text, void *none) {
    (void) level, (void) text, (void) none;
}

static void *open_library(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return library;
}

static int likeliest(const float *logits, int count) {
    int best = 0;
    for (int id = 1; id < count; id++) {
        if (logits[id] > logits[best]) best = id;
    }
    return best;
}

static int64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

#define TAKE(library, result, name, ...) result (*name)(__VA_ARGS__) = (result (*)(__VA_ARGS__)) dlsym(library, #name)

int main(int count, char **arguments) {
    if (count < 7) {
        fprintf(stderr, "usage: generate <folder> <model> <context> <tokens> <sequences> <prompt ids ...>\n");
        return 2;
    }
    void *llama = open_library(arguments[1], "libllama.v0.5.0.so");
    void *ggml = open_library(arguments[1], "libggml.v0.5.0.so");
    TAKE(llama, void, llama_log_set, void (*)(int, const char *, void *), void *);
    TAKE(ggml, void, ggml_backend_load_all_from_path, const char *);
    TAKE(llama, void, llama_backend_init, void);
    TAKE(llama, struct model_settings, llama_model_default_params, void);
    TAKE(llama, void *, llama_model_load_from_file, const char *, struct model_settings);
    TAKE(llama, struct context_settings, llama_context_default_params, void);
    TAKE(llama, void *, llama_init_from_model, void *, struct context_settings);
    TAKE(llama, void *, llama_model_get_vocab, void *);
    TAKE(llama, int32_t, llama_vocab_n_tokens, void *);
    TAKE(llama, void *, llama_get_memory, void *);
    TAKE(llama, void, llama_memory_clear, void *, bool);
    TAKE(llama, int32_t, llama_decode, void *, struct batch);
    TAKE(llama, float *, llama_get_logits_ith, void *, int32_t);

    llama_log_set(quiet, NULL);
    ggml_backend_load_all_from_path(arguments[1]);
    llama_backend_init();
    struct model_settings model_settings = llama_model_default_params();
    model_settings.load_mode = 1;
    model_settings.extra_buffer_types = false;
    void *model = llama_model_load_from_file(arguments[2], model_settings);
    struct context_settings settings = llama_context_default_params();
    settings.tokens = (uint32_t) atoi(arguments[3]);
    settings.batch = settings.physical_batch = 128;
    settings.sequences = settings.outputs = 1;
    settings.threads = settings.batch_threads = 1;
    settings.no_performance = true;
    void *context = model ? llama_init_from_model(model, settings) : NULL;
    if (!context) {
        fprintf(stderr, "%s cannot be loaded\n", arguments[2]);
        return 1;
    }
    int vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));
    int tokens = atoi(arguments[4]), sequences = atoi(arguments[5]), prompt = count - 6;
    int32_t *ids = calloc((size_t) prompt, sizeof *ids);
    for (int i = 0; i < prompt; i++) ids[i] = atoi(arguments[6 + i]);
    struct batch batch = {0};
    char line[16];
    printf("ready\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        int64_t nanos = 0, busy = 0;
        uint32_t hash = 1;
        for (int sequence = 0; sequence < sequences; sequence++) {
            llama_memory_clear(llama_get_memory(context), false);
            batch.count = prompt;
            batch.ids = ids;
            if (llama_decode(context, batch)) return 1;
            int64_t start = now(CLOCK_MONOTONIC), busy_start = now(CLOCK_THREAD_CPUTIME_ID);
            for (int i = 0; i < tokens; i++) {
                int32_t next = likeliest(llama_get_logits_ith(context, -1), vocabulary);
                hash = 31 * hash + (uint32_t) next;
                batch.count = 1;
                batch.ids = &next;
                if (llama_decode(context, batch)) return 1;
            }
            busy += now(CLOCK_THREAD_CPUTIME_ID) - busy_start;
            nanos += now(CLOCK_MONOTONIC) - start;
        }
        printf("%lld %lld %u\n", (long long) nanos, (long long) busy, hash);
        fflush(stdout);
    }
    return 0;
}
