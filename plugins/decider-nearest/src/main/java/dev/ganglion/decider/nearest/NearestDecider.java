package dev.ganglion.decider.nearest;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * Decides for the intent whose example sentences are nearest to what was said.
 *
 * <p>Each sentence becomes a vector of length 1; an intent is the mean of its sentences' vectors,
 * scaled to length 1 again (the nearest centroid, or prototype, of few-shot classification). The
 * confidence is the cosine to the nearest intent, with 0 for a negative one, so it compares with
 * the option {@code above}. Below it the decision is {@code none}, which is never sure; its
 * parameter {@code nearest} says which intent came closest. Examples of an intent called {@code
 * none} are sentences that must not be taken for any other.
 */
@Component(service = Decider.class)
public final class NearestDecider implements Decider {
    /** For the container and for plain Java. */
    public NearestDecider() {}

    @Override
    public String name() {
        return "nearest";
    }

    @Override
    public List<Parameter> options() {
        return List.of(
                Parameter.path("examples")
                        .required()
                        .describedAs("a YAML file that maps each intent to a list of sentences"),
                Parameter.text("tensor")
                        .describedAs(
                                "the output with the vectors; needed when the model has several of"
                                        + " FLOAT32"),
                Parameter.choice("pooling", Pooling.NAMES)
                        .describedAs(
                                "how the vectors of the tokens become one: mean unless the model"
                                        + " gives one vector, then none"),
                Parameter.number("above", "1", 0, 1)
                        .withDefault("0.5")
                        .describedAs("the cosine from which a decision is sure"));
    }

    @Override
    public List<TensorSpec> inputs(ModelPackage model, Options options) {
        TensorSpec spec = spec(model, options);
        // Mistakes in the file are told when the route is wired and not at the first sentence.
        ExamplesFile.read(options.owner(), options.path("examples"));
        return List.of(spec);
    }

    /** Runs the model once per example. */
    @Override
    public Stage<Steps, Decision> open(
            ModelPackage model, Options options, Function<CharSequence, Steps> infer) {
        TensorSpec spec = spec(model, options);
        SentenceVector sentence =
                new SentenceVector(options.owner(), model, spec, pooling(spec, options));
        Path file = options.path("examples");
        List<ExamplesFile.Intent> intents = ExamplesFile.read(options.owner(), file);
        float[] matrix = new float[0];
        for (int i = 0; i < intents.size(); i++) {
            ExamplesFile.Intent intent = intents.get(i);
            int dimensions = 0;
            for (ExamplesFile.Sentence example : intent.sentences()) {
                float[] vector = embed(example, sentence, infer, options.owner(), file);
                dimensions = vector.length;
                if (matrix.length == 0) {
                    matrix = new float[intents.size() * dimensions];
                }
                for (int j = 0; j < dimensions; j++) {
                    matrix[i * dimensions + j] += vector[j];
                }
            }
            if (!(Vectors.scale(matrix, i * dimensions, dimensions) > 0)) {
                throw ExamplesFile.at(
                        options.owner(),
                        file,
                        intent.sentences().get(0).line(),
                        "the vectors of the examples of '"
                                + intent.name()
                                + "' cancel each other out; make intents of them that mean one"
                                + " thing each",
                        null);
            }
        }
        return new NearestStage(
                intents.stream().map(ExamplesFile.Intent::name).toList(),
                matrix,
                sentence,
                options.number("above"));
    }

    private static float[] embed(
            ExamplesFile.Sentence example,
            SentenceVector sentence,
            Function<CharSequence, Steps> infer,
            String owner,
            Path file) {
        try {
            Steps steps = infer.apply(example.text());
            if (!steps.advance()) {
                throw new GanglionException(Kind.SETUP, "the model gave no step for it");
            }
            return sentence.read(steps);
        } catch (GanglionException e) {
            if (e.kind() == Kind.RETRY || e.kind() == Kind.REOPEN) {
                throw e;
            }
            throw ExamplesFile.at(
                    owner,
                    file,
                    example.line(),
                    "the example '" + example.text() + "' cannot be used: " + e.getMessage(),
                    e);
        }
    }

    private static TensorSpec spec(ModelPackage model, Options options) {
        @Nullable TensorSpec output = output(model, options);
        if (output == null) {
            if (options.has("tensor") && options.has("pooling")) {
                return Pooling.of(options.text("pooling"))
                        .spec(options.text("tensor"), TensorSpec.ANY);
            }
            throw setup(
                    options,
                    "the card of model "
                            + model.id()
                            + " does not say what it gives; list its"
                            + " outputs there, or give the options 'tensor' and 'pooling'");
        }
        int rank = output.shape().size();
        Pooling pooling =
                options.has("pooling")
                        ? Pooling.of(options.text("pooling"))
                        : rank == 2 ? Pooling.NONE : Pooling.MEAN;
        long dimensions = rank == 0 ? TensorSpec.ANY : output.shape().get(rank - 1);
        TensorSpec wanted = pooling.spec(output.name(), dimensions);
        String mismatch = wanted.mismatch(output);
        if (mismatch != null) {
            throw setup(
                    options,
                    "the output '"
                            + output.name()
                            + "' of model "
                            + model.id()
                            + " holds no vectors for the pooling '"
                            + pooling.word()
                            + "': "
                            + mismatch
                            + "; choose another with 'tensor' or another 'pooling' ("
                            + String.join(", ", Pooling.NAMES)
                            + "); it has: "
                            + outputs(model));
        }
        return wanted;
    }

    private static Pooling pooling(TensorSpec spec, Options options) {
        return options.has("pooling")
                ? Pooling.of(options.text("pooling"))
                : spec.shape().size() == 2 ? Pooling.NONE : Pooling.MEAN;
    }

    /** Null when the card lists no outputs. */
    private static @Nullable TensorSpec output(ModelPackage model, Options options) {
        if (model.outputs().isEmpty()) {
            return null;
        }
        List<TensorSpec> fitting =
                model.outputs().stream()
                        .filter(
                                output ->
                                        options.has("tensor")
                                                ? output.name().equals(options.text("tensor"))
                                                : output.type() == Tensor.Type.FLOAT32)
                        .toList();
        if (fitting.size() == 1) {
            return fitting.get(0);
        }
        throw setup(
                options,
                (options.has("tensor")
                                ? "'tensor' names an output of model "
                                        + model.id()
                                        + ", found '"
                                        + options.text("tensor")
                                        + "'"
                                : "model "
                                        + model.id()
                                        + " has "
                                        + fitting.size()
                                        + " outputs of FLOAT32 where one is expected; choose one"
                                        + " with the option 'tensor'")
                        + "; it has: "
                        + outputs(model));
    }

    private static String outputs(ModelPackage model) {
        return model.outputs().stream().map(TensorSpec::toString).collect(Collectors.joining(", "));
    }

    private static GanglionException setup(Options options, String message) {
        return new GanglionException(Kind.SETUP, options.owner() + ": " + message);
    }
}
