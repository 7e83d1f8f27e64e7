package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.TensorSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file beside the weights of a language model that computes what its tokens are conditioned on.
 *
 * @param inputs what a session takes
 * @param output what it computes
 * @param shortest how many elements an input has at least
 * @param longest how many elements an input has at most
 */
record Encoder(
        LoadedFile file, List<TensorSpec> inputs, TensorSpec output, long shortest, long longest) {
    private static final String USUAL_OUTPUT = "last_hidden_state";

    /**
     * Agrees with the card on what it takes.
     *
     * @throws GanglionException of kind SETUP when card and file disagree, or it computes something
     *     else
     */
    static Encoder of(LoadedFile file, long shortest, long longest) throws OrtException {
        List<TensorSpec> inputs =
                Signature.agree(
                        file.source(),
                        "input",
                        file.runtime().getInputInfo(),
                        Set.of(),
                        file.source().inputs(),
                        true);
        Map<String, NodeInfo> gives = file.runtime().getOutputInfo();
        String name =
                gives.size() == 1 && !gives.containsKey(USUAL_OUTPUT)
                        ? gives.keySet().iterator().next()
                        : USUAL_OUTPUT;
        TensorSpec output = Signature.spec(file.source(), "output", gives, name);
        if (shortest > longest) {
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + file.source().id()
                            + ": the option 'shortestInput' takes a number up to 'longestInput' ("
                            + longest
                            + "), found '"
                            + shortest
                            + "'");
        }
        return new Encoder(file, inputs, output, shortest, longest);
    }

    /**
     * Looks at the size before memory is taken for it; other mistakes are for others to refuse.
     *
     * @throws GanglionException of kind INPUT when the input is shorter or longer than the model
     *     takes
     */
    void checkLength(String name, long[] shape) {
        TensorSpec input = input(name);
        if (input == null || input.shape().size() != shape.length) {
            return;
        }
        double elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        if (elements < shortest || elements > longest) {
            throw new GanglionException(
                    Kind.INPUT,
                    "model "
                            + file.source().id()
                            + " takes "
                            + amount(input, shortest)
                            + " to "
                            + amount(input, longest)
                            + " of '"
                            + name
                            + "', found "
                            + amount(input, elements)
                            + "; give it "
                            + (elements < shortest ? "longer" : "shorter")
                            + " pieces");
        }
    }

    private @Nullable TensorSpec input(String name) {
        for (TensorSpec input : inputs) {
            if (input.name().equals(name)) {
                return input;
            }
        }
        return null;
    }

    private static String amount(TensorSpec input, double elements) {
        String seconds =
                input.rateHz() > 0
                        ? String.format(Locale.ROOT, " (%.3f s)", elements / input.rateHz())
                        : "";
        return String.format(Locale.ROOT, "%.0f elements%s", elements, seconds);
    }
}
