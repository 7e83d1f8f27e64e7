package dev.ganglion.engine.llamacpp;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.binding.CFunction;
import dev.ganglion.binding.CLibrary;
import dev.ganglion.binding.CMemory;
import dev.ganglion.binding.CType;
import dev.ganglion.binding.Machine;
import dev.ganglion.binding.Natives;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one llama.cpp of the process: its functions, and the layouts of the structs that they take.
 *
 * <p>Layouts change from version to version, so that exactly one is taken. The libraries are never
 * unloaded: the system would not unmap them.
 */
final class LlamaLibrary {
    static final String VERSION = "0.5.0";

    /** What this version calls itself. */
    private static final String CALLED = VERSION + "-dev";

    /** {@code struct llama_model_params}: its size, and where the fields are that we set. */
    static final int MODEL_SETTINGS_BYTES = 80;

    static final int LOAD_MODE = 24;
    static final int EXTRA_BUFFER_TYPES = 74;

    /** {@code struct llama_context_params}. */
    static final int CONTEXT_SETTINGS_BYTES = 160;

    static final int CONTEXT_TOKENS = 0;
    static final int BATCH_TOKENS = 4;
    static final int PHYSICAL_BATCH_TOKENS = 8;
    static final int MOST_SEQUENCES = 12;
    static final int MOST_OUTPUTS = 20;
    static final int THREADS = 28;
    static final int BATCH_THREADS = 32;
    static final int POOLING = 44;
    static final int ABORT_FUNCTION = 112;
    static final int ABORT_ARGUMENT = 120;
    static final int EMBEDDINGS = 128;
    static final int NO_PERFORMANCE = 130;

    /** {@code struct llama_batch}; what is not named here is null. */
    static final int BATCH_BYTES = 56;

    static final int BATCH_COUNT = 0;
    static final int BATCH_IDS = 8;

    /** {@code struct ggml_threadpool_params}: which processors, then how many threads. */
    static final int THREAD_POOL_BYTES = 528;

    static final int POOL_THREADS = 512;
    static final int POOL_POLLING = 520;

    private static final String RESOURCES = "dev/ganglion/natives/llamacpp";
    private static final long KIND_CPU = 0;

    private static @Nullable LlamaLibrary loaded;

    private final LibraryLog log;

    final CFunction modelSettings;
    final CFunction loadModel;
    final CFunction freeModel;
    final CFunction vocabulary;
    final CFunction vocabularySize;
    final CFunction trainedTokens;
    final CFunction embeddingSize;
    final CFunction hasDecoder;
    final CFunction hasEncoder;
    final CFunction isRecurrent;
    final CFunction isHybrid;
    final CFunction contextSettings;
    final CFunction openContext;
    final CFunction freeContext;
    final CFunction memory;
    final CFunction removeFromMemory;
    final CFunction clearMemory;
    final CFunction decode;
    final CFunction logitsOf;
    final CFunction embeddingOfSequence;
    final CFunction attachThreadPool;
    final CFunction newThreadPool;
    final CFunction freeThreadPool;

    /**
     * Loads it.
     *
     * @throws GanglionException of kind SETUP when it is another version or lacks something; then
     *     it keeps nothing of ours
     */
    static LlamaLibrary load(Path folder) {
        // On a failed assertion the library would start a debugger to print where it was.
        Natives.setEnvironment("GGML_NO_BACKTRACE", "1");
        CLibrary llama = CLibrary.open(folder.resolve("libllama.v" + VERSION + ".so"));
        String version =
                CMemory.text(llama.function("llama_version", CType.POINTER, List.of()).call());
        if (!version.equals(CALLED)) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the library "
                            + llama
                            + " is llama.cpp "
                            + version
                            + ", expected "
                            + CALLED
                            + ", for what it takes differs from version to version; put the right"
                            + " one in its place and start the process again");
        }
        LibraryLog log = new LibraryLog(llama);
        log.open();
        try {
            return new LlamaLibrary(folder, llama, log);
        } catch (RuntimeException | Error e) {
            log.close();
            throw e;
        }
    }

    private LlamaLibrary(Path folder, CLibrary llama, LibraryLog log) {
        this.log = log;
        CLibrary backends = CLibrary.open(folder.resolve("libggml.v" + VERSION + ".so"));
        CLibrary base = CLibrary.open(folder.resolve("libggml-base.so"));
        CType pointer = CType.POINTER;
        CMemory kernels = CMemory.ofText(folder.toString());
        backends.function("ggml_backend_load_all_from_path", CType.VOID, List.of(pointer))
                .call(kernels.address());
        Reference.reachabilityFence(kernels);
        llama.function("llama_backend_init", CType.VOID, List.of()).call();

        CType modelStruct = CType.struct(MODEL_SETTINGS_BYTES);
        CType contextStruct = CType.struct(CONTEXT_SETTINGS_BYTES);
        List<CType> one = List.of(pointer);
        modelSettings = llama.function("llama_model_default_params", modelStruct, List.of());
        loadModel =
                llama.function(
                        "llama_model_load_from_file", pointer, List.of(pointer, modelStruct));
        freeModel = llama.function("llama_model_free", CType.VOID, one);
        vocabulary = llama.function("llama_model_get_vocab", pointer, one);
        vocabularySize = llama.function("llama_vocab_n_tokens", CType.INT, one);
        trainedTokens = llama.function("llama_model_n_ctx_train", CType.INT, one);
        embeddingSize = llama.function("llama_model_n_embd_out", CType.INT, one);
        hasDecoder = llama.function("llama_model_has_decoder", CType.BOOL, one);
        hasEncoder = llama.function("llama_model_has_encoder", CType.BOOL, one);
        isRecurrent = llama.function("llama_model_is_recurrent", CType.BOOL, one);
        isHybrid = llama.function("llama_model_is_hybrid", CType.BOOL, one);
        contextSettings = llama.function("llama_context_default_params", contextStruct, List.of());
        openContext =
                llama.function("llama_init_from_model", pointer, List.of(pointer, contextStruct));
        freeContext = llama.function("llama_free", CType.VOID, one);
        memory = llama.function("llama_get_memory", pointer, one);
        removeFromMemory =
                llama.function(
                        "llama_memory_seq_rm",
                        CType.BOOL,
                        List.of(pointer, CType.INT, CType.INT, CType.INT));
        clearMemory =
                llama.function("llama_memory_clear", CType.VOID, List.of(pointer, CType.BOOL));
        decode =
                llama.function(
                        "llama_decode", CType.INT, List.of(pointer, CType.struct(BATCH_BYTES)));
        logitsOf = llama.function("llama_get_logits_ith", pointer, List.of(pointer, CType.INT));
        embeddingOfSequence =
                llama.function("llama_get_embeddings_seq", pointer, List.of(pointer, CType.INT));
        attachThreadPool =
                llama.function(
                        "llama_attach_threadpool", CType.VOID, List.of(pointer, pointer, pointer));
        CFunction perKernels =
                base.function(
                        "ggml_backend_reg_get_proc_address", pointer, List.of(pointer, pointer));
        long processor =
                backends.function("ggml_backend_dev_by_type", pointer, List.of(CType.INT))
                        .call(KIND_CPU);
        if (processor == 0) {
            throw new GanglionException(
                    Kind.SETUP,
                    "llama.cpp found no kernels for this processor in "
                            + folder
                            + ", which has: "
                            + kernelsIn(folder)
                            + "; this machine is "
                            + Machine.here().platform()
                            + ": install the natives with the kernels for it");
        }
        long kernelsOfProcessor =
                base.function("ggml_backend_dev_backend_reg", pointer, one).call(processor);
        newThreadPool =
                CLibrary.at(
                        "ggml_threadpool_new",
                        procedure(perKernels, kernelsOfProcessor, "ggml_threadpool_new"),
                        pointer,
                        one);
        freeThreadPool =
                CLibrary.at(
                        "ggml_threadpool_free",
                        procedure(perKernels, kernelsOfProcessor, "ggml_threadpool_free"),
                        CType.VOID,
                        one);
    }

    private static long procedure(CFunction find, long kernels, String name) {
        CMemory text = CMemory.ofText(name);
        long address = find.call(kernels, text.address());
        Reference.reachabilityFence(text);
        return address;
    }

    private static String kernelsIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.startsWith("libggml-cpu"))
                    .sorted()
                    .collect(Collectors.joining(", "));
        } catch (IOException e) {
            return "nothing that can be read";
        }
    }

    /**
     * {@return the library, loading it when it is asked for the first time}
     *
     * @throws GanglionException of kind SETUP when it must not or cannot be loaded
     */
    static synchronized LlamaLibrary get() {
        LlamaLibrary present = loaded;
        if (present == null) {
            Path folder =
                    Natives.folder(
                            "llamacpp",
                            LlamaLibrary.class.getClassLoader(),
                            RESOURCES,
                            Machine.here());
            refuseAnother(folder, mappedFiles());
            present = load(folder);
            loaded = present;
        }
        present.log.open();
        return present;
    }

    /** Takes the log away until the library is asked for again. */
    static synchronized void silence() {
        if (loaded != null) {
            loaded.log.close();
        }
    }

    private static List<String> mappedFiles() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.indexOf('/') >= 0)
                    .map(line -> line.substring(line.indexOf('/')))
                    .distinct()
                    .toList();
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    /**
     * Its parts find each other by names without a version, so that those of two would mix.
     *
     * @param mapped the files that are mapped into this process
     */
    static void refuseAnother(Path folder, List<String> mapped) {
        TreeSet<String> others = new TreeSet<>();
        for (String file : mapped) {
            if (file.matches(".*/lib(llama|ggml)[^/]*\\.so[^/]*")
                    && !Path.of(file).startsWith(folder)) {
                others.add(file);
            }
        }
        if (!others.isEmpty()) {
            throw new GanglionException(
                    Kind.SETUP,
                    "llama.cpp is not loaded from "
                            + folder
                            + ", for another one is in this process already: "
                            + String.join(", ", others)
                            + "; use that one, or give the model isolation: worker on its card");
        }
    }
}
