package dev.ganglion.runtime.wiring;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.flow.GenerationSettings;
import dev.ganglion.runtime.generate.ActionGrammar;
import dev.ganglion.runtime.generate.Grammar;
import dev.ganglion.runtime.generate.Sampling;
import dev.ganglion.runtime.model.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads how an {@code infer:} wants a model to generate. */
public final class GenerationOptions {
    private GenerationOptions() {}

    /** A grammar, and the package whose file it was read from, or null. */
    private record Read(@Nullable ModelPackage source, Grammar grammar) {}

    /**
     * What an {@code infer:} says.
     *
     * @param actions what the devices of the route can do, asked when a grammar is made of it
     * @throws GanglionException of kind SETUP when an option or a file does not fit
     */
    public static GenerationSettings of(RouteStep infer, Supplier<List<ActionSpec>> actions) {
        Options own = StepOptions.own(infer);
        Sampling sampling = Sampling.parse(infer.toString(), own.text("sampling"));
        return new GenerationSettings(
                sampling,
                grammar(infer, own.text("grammar"), actions),
                (int) own.integer("maxTokens"));
    }

    private static Function<Lease, @Nullable Grammar> grammar(
            RouteStep infer, String said, Supplier<List<ActionSpec>> actions) {
        switch (said) {
            case "none":
                return lease -> null;
            case "model":
                return new OfModel();
            case "actions":
                return new OfActions(infer, actions);
            default:
                Path file = infer.folder().resolve(said).normalize();
                Grammar grammar = read(file, infer + " takes its grammar from " + file);
                return lease -> grammar;
        }
    }

    private static Grammar read(Path file, String owner) {
        try {
            return Grammar.parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    owner
                            + ", which cannot be read ("
                            + e
                            + "); grammar is model, actions, none, or a file of GBNF beside the"
                            + " route",
                    e);
        }
    }

    /** Reads the grammar of each version once. */
    private static final class OfModel implements Function<Lease, @Nullable Grammar> {
        private volatile @Nullable Read last;

        @Override
        public @Nullable Grammar apply(Lease lease) {
            ModelPackage source = lease.source();
            if (lease.generation().grammar().isEmpty()) {
                return null;
            }
            Read known = last;
            if (known == null || known.source() != source) {
                Path file = source.file(lease.generation().grammar());
                known = new Read(source, read(file, "model " + source.id() + " brings " + file));
                last = known;
            }
            return known.grammar();
        }
    }

    /** Made when it is needed first: the devices of a route are known only then. */
    private static final class OfActions implements Function<Lease, @Nullable Grammar> {
        private final RouteStep infer;
        private final Supplier<List<ActionSpec>> actions;
        private volatile @Nullable Grammar made;

        OfActions(RouteStep infer, Supplier<List<ActionSpec>> actions) {
            this.infer = infer;
            this.actions = actions;
        }

        @Override
        public Grammar apply(Lease lease) {
            Grammar known = made;
            if (known == null) {
                known =
                        Grammar.parse(
                                "the grammar of the actions after " + infer,
                                ActionGrammar.of(actions.get()));
                made = known;
            }
            return known;
        }
    }
}
