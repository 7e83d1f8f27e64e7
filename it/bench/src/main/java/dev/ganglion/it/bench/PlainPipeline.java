package dev.ganglion.it.bench;

import dev.ganglion.actuator.home.HomeActuator;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Vocabulary;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.decider.slots.SlotsDecider;
import dev.ganglion.tokenizer.wordpiece.WordPieceTokenizer;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Text to action with the plug-in classes and nothing between them: what the framework is measured
 * against. All that can be reused is reused. One thread.
 */
public final class PlainPipeline implements AutoCloseable {
    private final Vocabulary vocabulary;
    private final Stage<CharSequence, Tokens> encoder;
    private final Model model;
    private final Session session;
    private final Once steps;
    private final Stage<Steps, Decision> decider;
    private final Actuator.Device home;
    private final Kitchen kitchen;
    private final long[][] shapes = new long[NluMicro.MAX_TOKENS + 1][];
    private final Consumer<Tokens> tokensTaker = this::take;
    private final Consumer<Decision> decisionTaker = this::take;
    private @Nullable Tokens tokens;
    private @Nullable Decision decision;
    private Kitchen.@Nullable Action action;

    /**
     * Opens everything.
     *
     * @param source a model with the tensors of nlu-micro
     * @param home the file of rooms and devices
     * @param print where the home prints its changes, see the actuator's option
     */
    public PlainPipeline(Engine engine, ModelPackage source, Path home, String print) {
        this.vocabulary = new WordPieceTokenizer().open(source.file(source.vocabulary()));
        this.encoder = vocabulary.encoder(source.maxTokens(), false);
        Path here = Path.of("").toAbsolutePath();
        this.model =
                engine.load(source, Options.of("engine", engine.options(), source.options(), here));
        this.session = model.open();
        ModelPackage whole = source.withTensors(model.inputs(), model.outputs());
        this.steps = new Once(whole);
        SlotsDecider slots = new SlotsDecider();
        this.decider =
                slots.open(
                        whole,
                        Options.of("decide", slots.options(), Map.of("above", "0.5"), here),
                        text -> steps);
        HomeActuator actuator = new HomeActuator();
        this.home =
                actuator.open(
                        Options.of(
                                "act",
                                actuator.options(),
                                Map.of("home", home.toString(), "print", print),
                                here));
        this.kitchen = new Kitchen(this.home);
    }

    private void take(Tokens given) {
        tokens = given;
    }

    private void take(Decision given) {
        decision = given;
    }

    /** Does what the text says. */
    public void handle(CharSequence text) {
        action = null;
        Decision found = understand(text);
        if (found.sure()) {
            action = kitchen.act(found.name(), found.parameters());
        }
    }

    /** {@return what was understood; nothing is done about it} */
    public Decision understand(CharSequence text) {
        tokens = null;
        decision = null;
        encoder.push(text, tokensTaker);
        encoder.flush(tokensTaker);
        Tokens ids = tokens;
        if (ids == null) {
            throw new IllegalStateException("no tokens for '" + text + "'");
        }
        write(ids);
        session.run();
        steps.tokens = ids;
        decider.push(steps, decisionTaker);
        decider.flush(decisionTaker);
        Decision found = decision;
        if (found == null) {
            throw new IllegalStateException("no decision for '" + text + "'");
        }
        return found;
    }

    private void write(Tokens ids) {
        long[] shape = shapes[ids.size()];
        if (shape == null) {
            shape = new long[] {1, ids.size()};
            shapes[ids.size()] = shape;
        }
        Tensor input = session.input("input_ids", shape);
        Tensor mask = session.input("attention_mask", shape);
        for (int i = 0; i < ids.size(); i++) {
            input.longs().put(i, ids.id(i));
            mask.longs().put(i, 1);
        }
    }

    /** {@return what the last text was understood as} */
    public @Nullable Decision decision() {
        return decision;
    }

    /** {@return what was done about it, or null} */
    public Kitchen.@Nullable Action action() {
        return action;
    }

    @Override
    public void close() {
        home.close();
        decider.close();
        session.close();
        model.close();
        encoder.close();
        vocabulary.close();
    }

    /** The one step that was run already. */
    private final class Once implements Steps {
        private final ModelPackage source;
        private Tokens tokens = new Tokens();

        Once(ModelPackage source) {
            this.source = source;
        }

        @Override
        public boolean advance() {
            return false;
        }

        @Override
        public int count() {
            return 1;
        }

        @Override
        public Tensor output(String name) {
            return session.output(name);
        }

        @Override
        public Tokens tokens() {
            return tokens;
        }

        @Override
        public CharSequence said() {
            return "";
        }

        @Override
        public double probability() {
            return 1;
        }

        @Override
        public ModelPackage model() {
            return source;
        }
    }
}
