package dev.ganglion.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.api.encode.Vocabulary;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.plugin.Plugins;
import dev.ganglion.testkit.toy.ToyDecider;
import dev.ganglion.testkit.toy.ToyEngine;
import dev.ganglion.testkit.toy.ToyTokenizer;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PluginsTest {
    private final Plugins plugins = new Plugins();

    private static Tokenizer named(String name) {
        return new Tokenizer() {
            @Override
            public String name() {
                if (name != null && name.isEmpty()) {
                    throw new IllegalStateException("forced");
                }
                return name;
            }

            @Override
            public Vocabulary open(Path file) {
                throw new UnsupportedOperationException("no test reads a vocabulary here");
            }
        };
    }

    @Test
    void aPluginIsFoundByKindAndName() {
        ToyDecider decider = new ToyDecider();
        plugins.add(decider, "one");
        assertThat(plugins.find(Decider.class, "toy-argmax")).isSameAs(decider);
        assertThat(plugins.find(Decider.class, "other")).isNull();
        assertThat(plugins.find(Tokenizer.class, "toy-argmax")).isNull();
        assertThat(plugins.existing(Decider.class)).isEqualTo("there are: toy-argmax");
        assertThat(plugins.existing(Tokenizer.class)).isEqualTo("there is none");
        assertThat(plugins.problems()).isEmpty();
    }

    @Test
    void ofTwoOfOneNameTheFirstServesUntilItGoes() {
        ToyDecider first = new ToyDecider();
        ToyDecider second = new ToyDecider();
        plugins.add(first, "bundle a");
        plugins.add(second, "bundle b");
        assertThat(plugins.find(Decider.class, "toy-argmax")).isSameAs(first);
        assertThat(plugins.entries()).extracting("source").containsExactly("bundle a");
        assertThat(plugins.problems())
                .containsExactly(
                        "two deciders are called 'toy-argmax': the one of bundle a serves, the"
                                + " one of bundle b is refused; rename or remove one of them");

        plugins.remove(first);
        assertThat(plugins.find(Decider.class, "toy-argmax")).isSameAs(second);
        assertThat(plugins.problems()).isEmpty();
    }

    @Test
    void twoOfOneNameButOfTwoKindsAreNoProblem() {
        plugins.add(named("toy-argmax"), "bundle a");
        plugins.add(new ToyDecider(), "bundle b");
        assertThat(plugins.problems()).isEmpty();
        assertThat(plugins.entries()).hasSize(2);
    }

    @Test
    void aPluginThatCannotSayItsNameIsLeftOutAndTheOthersServe() {
        plugins.add(named(""), "bundle a");
        plugins.add(named(null), "bundle b");
        plugins.add(new ToyTokenizer(), "bundle c");
        assertThat(plugins.entries()).extracting("name").containsExactly("toy-bytes");
        assertThat(plugins.find(Tokenizer.class, "toy-bytes")).isNotNull();
        assertThat(plugins.problems())
                .hasSize(2)
                .anySatisfy(
                        sentence ->
                                assertThat(sentence)
                                        .contains("of bundle a could not say its name")
                                        .contains("IllegalStateException: forced")
                                        .endsWith("mend it and install it again"))
                .anySatisfy(sentence -> assertThat(sentence).contains("of bundle b"));
        plugins.mended("bundle a");
        plugins.mended("bundle b");
        assertThat(plugins.problems()).isEmpty();
    }

    @Test
    void anEngineIsFoundByFormat() {
        ToyEngine toy = new ToyEngine();
        plugins.add(toy, "bundle a");
        plugins.add(new TokenSumEngine(), "bundle b");
        assertThat(plugins.engineFor("toy-linear")).isSameAs(toy);
        assertThat(plugins.engineFor("token-sum")).isInstanceOf(TokenSumEngine.class);
        assertThat(plugins.engineFor("onnx")).isNull();
    }

    @Test
    void anEngineThatCannotSayItsFormatsDoesNotHurtTheOthers() {
        FaultyEngine faulty = new FaultyEngine(new ToyEngine());
        faulty.onFormats = new IllegalStateException("forced");
        ToyEngine toy = new ToyEngine();
        plugins.add(faulty, "bundle a");
        plugins.add(toy, "bundle b");
        assertThat(plugins.engineFor("toy-linear")).isSameAs(toy);
    }

    @Test
    void anEngineThatWasRefusedForItsNameLoadsNothing() {
        plugins.add(new TokenSumEngine(), "bundle a");
        Engine namesake =
                new Engine() {
                    private final ToyEngine toy = new ToyEngine();

                    @Override
                    public String name() {
                        return "token-sum";
                    }

                    @Override
                    public Set<String> formats() {
                        return toy.formats();
                    }

                    @Override
                    public Model load(ModelPackage source, Options options) {
                        return toy.load(source, options);
                    }
                };
        plugins.add(namesake, "bundle b");
        assertThat(plugins.engineFor("toy-linear")).isNull();
        plugins.remove(plugins.find(Engine.class, "token-sum"));
        assertThat(plugins.engineFor("toy-linear")).isSameAs(namesake);
    }

    @Test
    void listenersAreToldOfEachChangeAndOfNothingElse() {
        AtomicInteger changes = new AtomicInteger();
        plugins.onChange(changes::incrementAndGet);
        Plugin decider = new ToyDecider();
        plugins.add(decider, "bundle a");
        assertThat(changes).hasValue(1);
        plugins.remove(new ToyDecider());
        assertThat(changes).as("one that was never there").hasValue(1);
        plugins.remove(decider);
        assertThat(changes).hasValue(2);
        plugins.broken("bundle b", "it is broken");
        assertThat(changes).hasValue(3);
        assertThat(plugins.problems()).containsExactly("it is broken");
    }
}
