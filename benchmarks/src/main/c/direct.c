/*
 * A module in libwasmtime, called directly: the peer of the same module in a pod. Arguments: whether it is "interruptible", by the
 * checks that the library's epochs need in each loop and call, or "plain"; the module; what the module is called with. For each line of its input it makes an instance, runs it to its end, and prints how many nanoseconds that took.
 *
 * Of the library's C API only what is used is declared here, as of version 50: https://docs.wasmtime.dev/c-api/
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct func {
	uint64_t store;
	void *inside;
};

struct instance {
	uint64_t store;
	size_t inside;
};

struct item {
	uint8_t kind;
	union {
		struct func func;
		uint64_t room[3];
	};
};

void *wasm_config_new(void);
void wasmtime_config_epoch_interruption_set(void *config, bool on);
void *wasm_engine_new_with_config(void *config);
void *wasmtime_module_new(void *engine, const uint8_t *bytes, size_t length, void **module);
void *wasmtime_linker_new(void *engine);
void *wasmtime_linker_define_wasi(void *linker);
void *wasmtime_store_new(void *engine, void *data, void (*finalizer)(void *));
void *wasmtime_store_context(void *store);
void wasmtime_context_set_epoch_deadline(void *context, uint64_t epochs);
void wasmtime_store_delete(void *store);
void *wasi_config_new(void);
bool wasi_config_set_argv(void *config, size_t count, const char *arguments[]);
void *wasmtime_context_set_wasi(void *context, void *config);
void *wasmtime_linker_instantiate(const void *linker, void *context, const void *module, struct instance *instance, void **trap);
bool wasmtime_instance_export_get(void *context, const struct instance *instance, const char *name, size_t length,
				  struct item *item);
void *wasmtime_func_call(void *context, const struct func *func, const void *arguments, size_t argument_count, void *results,
			 size_t result_count, void **trap);

static void require(bool done, const char *what)
{
	if (!done) {
		fprintf(stderr, "it cannot %s\n", what);
		exit(1);
	}
}

static uint8_t *contents(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = NULL;
	size_t size = 0, more;

	require(file, "open the module");
	do {
		bytes = realloc(bytes, size + 65536);
		require(bytes, "have memory for the module");
		more = fread(bytes + size, 1, 65536, file);
		size += more;
	} while (more > 0);
	fclose(file);
	*length = size;
	return bytes;
}

static void *engine_new(bool interruptible)
{
	void *config = wasm_config_new();

	wasmtime_config_epoch_interruption_set(config, interruptible);
	return wasm_engine_new_with_config(config);
}

static void run(void *engine, void *linker, void *module, int count, const char *arguments[])
{
	void *store = wasmtime_store_new(engine, NULL, NULL);
	void *context = wasmtime_store_context(store);
	void *wasi = wasi_config_new();
	void *trap = NULL;
	struct instance instance;
	struct item start;

	/* None of them ever begins. */
	wasmtime_context_set_epoch_deadline(context, 1);
	require(wasi_config_set_argv(wasi, count, arguments), "take the arguments");
	require(!wasmtime_context_set_wasi(context, wasi), "have WASI");
	require(!wasmtime_linker_instantiate(linker, context, module, &instance, &trap) && !trap, "make an instance");
	require(wasmtime_instance_export_get(context, &instance, "_start", 6, &start) && start.kind == 0, "find its entry");
	require(!wasmtime_func_call(context, &start.func, NULL, 0, NULL, 0, &trap) && !trap, "run it");
	wasmtime_store_delete(store);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * UINT64_C(1000000000) + time.tv_nsec;
}

int main(int argc, char **argv)
{
	void *engine, *linker, *module;
	size_t length;
	uint8_t *bytes;
	int c;

	require(argc > 2, "run no module");
	engine = engine_new(!strcmp(argv[1], "interruptible"));
	linker = wasmtime_linker_new(engine);
	bytes = contents(argv[2], &length);
	require(!wasmtime_module_new(engine, bytes, length, &module), "compile the module");
	require(!wasmtime_linker_define_wasi(linker), "define WASI");
	while ((c = getchar()) != EOF) {
		if (c == '\n') {
			uint64_t begun = now();

			run(engine, linker, module, argc - 2, (const char **)argv + 2);
			printf("%llu\n", (unsigned long long)(now() - begun));
			fflush(stdout);
		}
	}
	return 0;
}
