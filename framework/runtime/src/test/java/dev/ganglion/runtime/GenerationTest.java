package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.flow.EncoderSettings;
import dev.ganglion.runtime.flow.GenerationSettings;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.flow.SessionSteps;
import dev.ganglion.runtime.generate.Grammar;
import dev.ganglion.runtime.generate.Sampling;
import dev.ganglion.testkit.toy.ToyModels;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers of a toy that says bytes; its vocabulary has 256 of them, a begin and an end. */
class GenerationTest {
    private static final int CAPACITY = 96;
    private static final EncoderSettings ENCODER = new EncoderSettings("toy-bytes", false);
    private static final GenerationSettings FREE =
            new GenerationSettings(Sampling.GREEDY, lease -> null, 1000);

    @TempDir Path folder;
    private Toys toys;

    @BeforeEach
    void model() {
        toys = new Toys(folder);
        story(
                "1",
                "generate: {prompt: 'say {text}: ', lowercase: true, stop: [257], maxTokens: 20}\n");
    }

    private void story(String version, String generate) {
        ModelId id = new ModelId("story", version);
        ToyModels.vocabulary(toys.store.folder(id));
        toys.store.card(
                ToyModels.tokens(toys.store.folder(id), id, 258, CAPACITY),
                ToyStore.TOKENIZER + generate);
    }

    @AfterEach
    void nothingIsLeft() {
        toys.close();
        assertThat(toys.engine.openSessions()).isZero();
        assertThat(toys.engine.usesAfterFree()).isZero();
    }

    private static String answer(Lane lane, GenerationSettings how, String text) {
        SessionSteps steps = lane.steps();
        steps.generating(how);
        steps.start(lane.encode(text, ENCODER));
        while (steps.advance()) {
            assertThat(steps.probability()).isBetween(0.0, 1.0);
        }
        return steps.said().toString();
    }

    private String answer(GenerationSettings how, String text) {
        try (Lanes lanes = toys.lanes("story")) {
            Lane lane = lanes.acquire(null, true);
            try {
                return answer(lane, how, text);
            } finally {
                lanes.release(lane, true);
            }
        }
    }

    private static GenerationSettings within(String gbnf) {
        Grammar grammar = Grammar.parse("the test", gbnf);
        return new GenerationSettings(Sampling.GREEDY, lease -> grammar, 1000);
    }

    @Test
    void theSamePromptHasTheSameAnswerWhateverWasAskedBefore() {
        try (Lanes lanes = toys.lanes("story")) {
            Lane lane = lanes.acquire(null, true);
            String first = answer(lane, FREE, "tea");
            lanes.release(lane, true);
            Lane same = lanes.acquire(null, true);
            assertThat(same).isSameAs(lane);
            assertThat(answer(same, FREE, "coffee")).isNotEqualTo(first);
            assertThat(answer(same, FREE, "tea")).isEqualTo(first).isNotEmpty();
            lanes.release(same, true);
        }
    }

    @Test
    void aTextIsLowerCasedWhereTheCardSaysSo() {
        assertThat(answer(FREE, "TEA")).isEqualTo(answer(FREE, "tea"));
    }

    @Test
    void anAnswerEndsWhereTheCardOrTheRouteSaysSo() {
        try (Lanes lanes = toys.lanes("story")) {
            Lane lane = lanes.acquire(null, true);
            answer(lane, FREE, "tea");
            assertThat(lane.steps().count()).isLessThanOrEqualTo(20).isPositive();
            answer(lane, new GenerationSettings(Sampling.GREEDY, lease -> null, 3), "tea");
            assertThat(lane.steps().count()).isEqualTo(3);
            assertThat(lane.steps().total()).as("nothing is known to be saved").isEqualTo(3);
            lanes.release(lane, true);
        }
    }

    @Test
    void anAnswerEndsAtTheStopAndWhereTheGrammarDoes() {
        assertThat(answer(within("root ::= \"yes\" | \"no\""), "tea")).isIn("yes", "no");
        assertThat(answer(within("root ::= [0-9]{4}"), "tea")).matches("[0-9]{4}");
    }

    @Test
    void whoeverStopsAskingHasPaidForNothingElse() {
        try (Lanes lanes = toys.lanes("story")) {
            Lane lane = lanes.acquire(null, true);
            SessionSteps steps = lane.steps();
            steps.generating(within("root ::= \"{\" [a-z]{6} \"}\""));
            steps.start(lane.encode("tea", ENCODER));
            steps.advance();
            steps.advance();
            assertThat(steps.said()).hasSize(2);
            assertThat(steps.spent()).isEqualTo(2);
            lanes.release(lane, true);
            assertThat(steps.said()).as("after its message").isEmpty();
        }
    }

    @Test
    void aGrammarThatTheVocabularyCannotSayIsAnInputThatFails() {
        try (Lanes lanes = toys.lanes("story")) {
            Lane lane = lanes.acquire(null, true);
            GenerationSettings none =
                    new GenerationSettings(
                            Sampling.GREEDY, within("root ::= \"ab\"").grammar(), 1000);
            assertThat(answer(lane, none, "tea")).isEqualTo("ab");
            lanes.release(lane, true);
        }
    }

    @Test
    void aPromptThatIsTooLongIsRefusedSayingByHowMuch() {
        story("2", "generate: {prompt: 'say {text}: ', maxTokens: 20}\n");
        toys.store.edit(
                new ModelId("story", "2"),
                "file: toy-bytes.txt",
                "file: toy-bytes.txt, maxTokens: 40");
        try (Lanes lanes = toys.lanes("story")) {
            Lane lane = lanes.acquire(null, true);
            assertThat(refused(Kind.INPUT, () -> lane.encode("x".repeat(50), ENCODER)))
                    .hasMessageContaining("40")
                    .hasMessageMatching(".*5[0-9].*|.*6[0-9].*");
            lanes.release(lane, true);
        }
    }

    @Test
    void whatIsTheSameInEachPromptIsComputedOnce() {
        String before = "you are a lamp and you answer in one word. ";
        story("2", "generate: {prompt: '" + before + "{text}: ', stop: [257], maxTokens: 8}\n");
        try (Lanes lanes = toys.lanes("story")) {
            Lane lane = lanes.acquire(null, true);
            String first = answer(lane, FREE, "on");
            String other = answer(lane, FREE, "off");
            assertThat(answer(lane, FREE, "on")).isEqualTo(first).isNotEqualTo(other);
            lanes.release(lane, true);
            Lane again = lanes.acquire(null, true);
            assertThat(answer(again, FREE, "off")).isEqualTo(other);
            lanes.release(again, true);
        }
    }

    @Test
    void aCancelledAnswerEndsAndTheNextOneIsWhole() {
        try (Lanes lanes = toys.lanes("story")) {
            Lane lane = lanes.acquire(null, true);
            String whole = answer(lane, FREE, "tea");
            SessionSteps steps = lane.steps();
            steps.start(lane.encode("tea", ENCODER));
            steps.advance();
            lane.cancel();
            refused(Kind.REOPEN, steps::advance);
            assertThat(steps.failed()).as("the model's fault").isFalse();
            lanes.release(lane, true);
            Lane next = lanes.acquire(null, true);
            assertThat(answer(next, FREE, "tea")).isEqualTo(whole);
            lanes.release(next, true);
        }
    }

    @Test
    void aSessionThatBreaksInTheMiddleIsReplacedAndTheAnswerGoesOn() {
        toys.plugins.remove(toys.engine);
        FaultyEngine faulty = new FaultyEngine(toys.engine);
        toys.plugins.add(faulty, "the test");
        try (Lanes lanes = toys.lanes("story")) {
            Lane lane = lanes.acquire(null, true);
            String whole = answer(lane, FREE, "tea");
            SessionSteps steps = lane.steps();
            steps.retrying(true);
            steps.start(lane.encode("tea", ENCODER));
            steps.advance();
            steps.advance();
            faulty.breaks.set(1);
            while (steps.advance()) {
                // Another session says the rest.
            }
            assertThat(faulty.breaks).hasValue(0);
            assertThat(steps.said()).hasToString(whole);
            lanes.release(lane, true);
        }
    }

    @Test
    void aModelThatGeneratesIsNotReadWithoutSettings() {
        try (Lanes lanes = toys.lanes("story")) {
            Lane lane = lanes.acquire(null, true);
            assertThat(refused(Kind.SETUP, () -> lane.steps().start(lane.encode("tea", ENCODER))))
                    .hasMessageContaining("story@1");
            lanes.release(lane, true);
        }
    }

    @Test
    void aCardWhosePromptHasNoPlaceForTheTextIsRefused() {
        story("2", "generate: {prompt: 'say something'}\n");
        assertThat(refused(Kind.SETUP, () -> toys.host.replace(new ModelId("story", "2"))))
                .hasMessageContaining("{text}")
                .hasMessageContaining("say something");
    }
}
