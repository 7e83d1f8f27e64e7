package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelPackage;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first steps of a freshly loaded model, before anybody depends on it: what fails here costs no
 * message. They also touch the classes that a later close needs, which an engine's bundle could not
 * load any more once it was replaced.
 */
final class WarmUp {
    private static final int STEPS = 3;

    private WarmUp() {}

    static void run(LoadedModel loaded) {
        Tokens probe = probe(loaded);
        try (Session session = loaded.model.open()) {
            if (session instanceof TokenSession generator) {
                for (TensorSpec input : loaded.model.inputs()) {
                    write(loaded.card.examples().get(input.name()), input, session);
                }
                generator.run();
                int[] ids = firstIds(loaded, probe);
                generator.feed(ids, 0, Math.min(ids.length, generator.capacity()));
                generator.reset();
                return;
            }
            List<TensorSpec> inputs = loaded.model.inputs();
            for (int step = 0; step < STEPS; step++) {
                if (probe.size() > 0 && TokenInputs.fits(inputs)) {
                    new TokenInputs(loaded.card.source().id(), inputs, session).write(probe);
                } else {
                    for (TensorSpec input : inputs) {
                        write(loaded.card.examples().get(input.name()), input, session);
                    }
                }
                session.run();
            }
            session.reset();
        }
    }

    private static int[] firstIds(LoadedModel loaded, Tokens probe) {
        List<Integer> start = loaded.card.generation().start();
        if (!start.isEmpty()) {
            return start.stream().mapToInt(Integer::intValue).toArray();
        }
        return probe.size() > 0 ? probe.ids() : new int[1];
    }

    private static void write(
            ModelCard.@Nullable Example example, TensorSpec input, Session session) {
        if (example == null) {
            session.input(input.name(), smallest(input));
            return;
        }
        long[] shape = example.shape().stream().mapToLong(Long::longValue).toArray();
        Tensor tensor = session.input(input.name(), shape);
        for (int i = 0; i < tensor.elements(); i++) {
            switch (tensor.type()) {
                case FLOAT32 -> tensor.floats().put(i, (float) example.fill());
                case INT32 -> tensor.ints().put(i, (int) example.fill());
                case INT64 -> tensor.longs().put(i, (long) example.fill());
                default -> {
                    // Left as it is: no model of ours depends on such a value.
                }
            }
        }
    }

    private static long[] smallest(TensorSpec spec) {
        return spec.shape().stream().mapToLong(size -> size == TensorSpec.ANY ? 1 : size).toArray();
    }

    /**
     * Reads the vocabulary, if there is one, and compares the ids of the text whose ids the card
     * knows.
     */
    private static Tokens probe(LoadedModel loaded) {
        Tokens tokens = new Tokens();
        ModelPackage source = loaded.card.source();
        if (source.tokenizer().isEmpty() || loaded.card.probeText().isEmpty()) {
            return tokens;
        }
        try (var encoder = loaded.vocabulary(source.tokenizer()).encoder(0, false)) {
            encoder.push(loaded.card.probeText(), none -> {});
            encoder.flush(found -> copy(found, tokens));
        }
        int[] expected = loaded.card.probeIds().stream().mapToInt(Integer::intValue).toArray();
        if (!Arrays.equals(expected, tokens.ids())) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the tokenizer file "
                            + source.file(source.vocabulary())
                            + " does not fit model "
                            + source.id()
                            + ": '"
                            + loaded.card.probeText()
                            + "' should become "
                            + Arrays.toString(expected)
                            + ", found "
                            + tokens
                            + "; install the tokenizer that the model was trained with");
        }
        return tokens;
    }

    private static void copy(Tokens from, Tokens to) {
        to.start(from.text());
        for (int i = 0; i < from.size(); i++) {
            to.add(from.id(i), from.start(i), from.end(i));
        }
    }
}
