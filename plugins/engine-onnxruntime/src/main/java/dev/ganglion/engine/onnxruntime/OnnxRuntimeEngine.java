package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * The engine {@code onnxruntime}: ONNX models on the CPU, in this process. Loads nothing native
 * before the first {@link #load}.
 */
@Component(service = Engine.class)
public final class OnnxRuntimeEngine implements Engine {
    private static final String INTRA_OP_THREADS = "intraOpThreads";
    private static final String INTER_OP_THREADS = "interOpThreads";
    private static final String SPINNING = "spinning";
    private static final String ARENA = "arena";
    private static final String MEMORY_PATTERN = "memoryPattern";
    private static final String OPTIMIZATION_LEVEL = "optimizationLevel";
    private static final String PREPACKING = "prepacking";
    private static final String PRECISE_INT8 = "preciseInt8";
    private static final String MEMORY = "memory";
    private static final String CONTEXT_TOKENS = "contextTokens";
    private static final String ENCODER = "encoder";
    private static final String SHORTEST_INPUT = "shortestInput";
    private static final String LONGEST_INPUT = "longestInput";

    @Override
    public String name() {
        return "onnxruntime";
    }

    @Override
    public Set<String> formats() {
        return Set.of("onnx");
    }

    @Override
    public String arithmetic() {
        return "onnxruntime-1.29";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.integer(INTRA_OP_THREADS, "1", 1, 256)
                        .withDefault("1")
                        .describedAs("threads that share one operator, the caller's included"),
                Parameter.integer(INTER_OP_THREADS, "1", 1, 256)
                        .withDefault("1")
                        .describedAs("operators that run at the same time"),
                Parameter.flag(SPINNING)
                        .withDefault("false")
                        .describedAs("whether threads wait for work with the processor busy"),
                Parameter.flag(ARENA)
                        .withDefault("true")
                        .describedAs("whether memory between operators is kept for the next step"),
                Parameter.flag(MEMORY_PATTERN)
                        .withDefault("true")
                        .describedAs("whether that memory is planned once per input shape"),
                Parameter.choice(OPTIMIZATION_LEVEL, List.of("none", "basic", "extended", "all"))
                        .withDefault("all")
                        .describedAs("how far the graph is rewritten while loading"),
                Parameter.flag(PRECISE_INT8)
                        .withDefault("true")
                        .describedAs(
                                "whether int8 matrices are multiplied without overflow on x86"
                                        + " processors that lack VNNI"),
                Parameter.choice(MEMORY, List.of("resident", "mapped"))
                        .withDefault("resident")
                        .describedAs(
                                "whether weights may be copied, or stay in external data files that"
                                        + " are mapped"),
                Parameter.flag(PREPACKING)
                        .describedAs(
                                "whether weights are copied into the order that kernels like; by"
                                        + " default when memory is resident"),
                Parameter.integer(CONTEXT_TOKENS, "1", 1, 1 << 20)
                        .withDefault("512")
                        .describedAs(
                                "tokens that fit into a stream of a language model whose card does"
                                        + " not say"),
                Parameter.text(ENCODER)
                        .describedAs(
                                "the file of the package that computes what a language model is"
                                        + " conditioned on; takes the inputs"),
                Parameter.integer(SHORTEST_INPUT, "1", 0, Integer.MAX_VALUE)
                        .withDefault("1")
                        .describedAs("elements that an input of the encoder has at least"),
                Parameter.integer(LONGEST_INPUT, "1", 1, Integer.MAX_VALUE)
                        .withDefault(Integer.toString(Integer.MAX_VALUE))
                        .describedAs("elements that an input of the encoder has at most"));
    }

    @Override
    public Model load(ModelPackage source, Options options) {
        LoadedFile file = loadFile(source, options);
        @Nullable LoadedFile beside = null;
        try {
            @Nullable Encoder encoder = null;
            if (options.has(ENCODER)) {
                beside = loadFile(withWeights(source, options.text(ENCODER)), options);
                encoder =
                        Encoder.of(
                                beside,
                                options.integer(SHORTEST_INPUT),
                                options.integer(LONGEST_INPUT));
            }
            return new OnnxModel(file, encoder, Math.toIntExact(options.integer(CONTEXT_TOKENS)));
        } catch (OrtException | RuntimeException e) {
            if (beside != null) {
                beside.close();
            }
            file.close();
            throw e instanceof RuntimeException unchecked
                    ? unchecked
                    : unloadable(file.weights(), source, (OrtException) e);
        }
    }

    private static ModelPackage withWeights(ModelPackage source, String file) {
        return new ModelPackage(
                source.id(),
                source.task(),
                source.format(),
                source.folder(),
                source.files(),
                file,
                source.inputs(),
                List.of(),
                Map.of(),
                Map.of(),
                "",
                "",
                0,
                source.options());
    }

    private static LoadedFile loadFile(ModelPackage source, Options options) {
        Weights weights = Weights.of(source);
        boolean mapped = options.text(MEMORY).equals("mapped");
        if (mapped && weights.externalBytes() == 0) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + source.id()
                            + ": memory=mapped needs tensors in external data files beside the"
                            + " weights, but "
                            + weights.file()
                            + " holds all of them; save it again with external data, or use"
                            + " memory=resident");
        }
        OrtEnvironment environment = NativeLibrary.environment();
        SessionOptions settings = new SessionOptions();
        try {
            configure(settings, options, mapped);
            OrtSession runtime = environment.createSession(weights.file().toString(), settings);
            return new LoadedFile(source, weights, runtime, settings);
        } catch (OrtException e) {
            settings.close();
            throw unloadable(weights, source, e);
        } catch (RuntimeException e) {
            settings.close();
            throw e;
        }
    }

    private static GanglionException unloadable(
            Weights weights, ModelPackage source, OrtException e) {
        return new GanglionException(
                Kind.SETUP,
                "model "
                        + source.id()
                        + ": ONNX Runtime does not load "
                        + weights.file()
                        + " ("
                        + NativeLibrary.oneLine(e)
                        + "); copy or export the file again",
                e);
    }

    private static void configure(SessionOptions settings, Options options, boolean mapped)
            throws OrtException {
        int interOpThreads = Math.toIntExact(options.integer(INTER_OP_THREADS));
        String spinning = options.flag(SPINNING) ? "1" : "0";
        boolean prepacking = options.has(PREPACKING) ? options.flag(PREPACKING) : !mapped;
        settings.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        settings.setIntraOpNumThreads(Math.toIntExact(options.integer(INTRA_OP_THREADS)));
        settings.setInterOpNumThreads(interOpThreads);
        settings.setExecutionMode(
                interOpThreads > 1
                        ? SessionOptions.ExecutionMode.PARALLEL
                        : SessionOptions.ExecutionMode.SEQUENTIAL);
        settings.addConfigEntry("session.intra_op.allow_spinning", spinning);
        settings.addConfigEntry("session.inter_op.allow_spinning", spinning);
        settings.setCPUArenaAllocator(options.flag(ARENA));
        settings.setMemoryPatternOptimization(options.flag(MEMORY_PATTERN));
        settings.setOptimizationLevel(
                switch (options.text(OPTIMIZATION_LEVEL)) {
                    case "none" -> SessionOptions.OptLevel.NO_OPT;
                    case "basic" -> SessionOptions.OptLevel.BASIC_OPT;
                    case "extended" -> SessionOptions.OptLevel.EXTENDED_OPT;
                    default -> SessionOptions.OptLevel.ALL_OPT;
                });
        settings.addConfigEntry("session.disable_prepacking", prepacking ? "0" : "1");
        // Without VNNI the faster kernel adds pairs of products in 16 bits, which overflow and are
        // cut off: the model then answers differently than it was tested.
        settings.addConfigEntry(
                "session.x64quantprecision", options.flag(PRECISE_INT8) ? "1" : "0");
        // The outline was checked as ONNX; it must not be read as anything else.
        settings.addConfigEntry("session.load_model_format", "ONNX");
    }
}
