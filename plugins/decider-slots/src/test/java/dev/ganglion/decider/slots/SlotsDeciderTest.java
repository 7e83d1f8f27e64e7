package dev.ganglion.decider.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.FakeSteps;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotsDeciderTest {
    private static final SlotsDecider DECIDER = new SlotsDecider();

    private final List<Decision> decisions = new ArrayList<>();

    private static Options options(Map<String, String> given) {
        return Options.of("decide:slots", DECIDER.options(), given, Path.of(""));
    }

    private static Stage<Steps, Decision> open(ModelPackage model, Map<String, String> given) {
        return DECIDER.open(
                model,
                options(given),
                text -> {
                    throw new AssertionError("no text is run");
                });
    }

    private static Steps steps(Tokens tokens, Tensor intents, Tensor slots) {
        Steps steps =
                new FakeSteps(
                        Home.MODEL,
                        tokens,
                        List.of(Map.of("intent_logits", intents, "slot_logits", slots)));
        assertThat(steps.advance()).isTrue();
        return steps;
    }

    private void decide(String text, String... tags) {
        Tokens tokens = Home.tokens(text);
        open(Home.MODEL, Map.of())
                .push(
                        steps(tokens, Home.intents(1, 9, 1), Home.tags(tokens, tags)),
                        decisions::add);
    }

    private Map<String, Object> slots() {
        assertThat(decisions).hasSize(1);
        return decisions.get(0).parameters();
    }

    private void refuses(Kind kind, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(kind);
                            assertThat(refused).hasMessageStartingWith("decide:slots: ");
                            assertThat(refused.getMessage())
                                    .contains(Arrays.asList(words))
                                    .doesNotContain("\n");
                        });
        assertThat(decisions).isEmpty();
    }

    private void refusesModel(ModelPackage model, Map<String, String> given, String... words) {
        refuses(Kind.SETUP, () -> DECIDER.inputs(model, options(given)), words);
        refuses(Kind.SETUP, () -> open(model, given), words);
    }

    private static ModelPackage withLabels(String tensor, String... labels) {
        Map<String, List<String>> all = new java.util.HashMap<>(Home.MODEL.labels());
        all.put(tensor, List.of(labels));
        return Home.MODEL.withLabels(all);
    }

    // What it reads

    @Test
    void bothTensorsAreReadWithAsManyClassesAsLabels() {
        assertThat(DECIDER.inputs(Home.MODEL, options(Map.of())))
                .containsExactly(
                        TensorSpec.of("intent_logits", Tensor.Type.FLOAT32, "1", 1, 3),
                        TensorSpec.of("slot_logits", Tensor.Type.FLOAT32, "1", 1, -1, 5));
    }

    @Test
    void aCardWithoutOutputsIsCheckedAtTheFirstMessage() {
        ModelPackage model = Home.MODEL.withTensors(List.of(), List.of());
        assertThat(DECIDER.inputs(model, options(Map.of()))).hasSize(2);
        Tokens tokens = Home.tokens("hello");
        Tensor four = Tensors.of(new float[4], 1, 4);
        refuses(
                Kind.SETUP,
                () ->
                        open(model, Map.of())
                                .push(steps(tokens, four, Home.tags(tokens, "O")), decisions::add),
                "'intent_logits'",
                "[1, 3] expected",
                "[1, 4] found");
    }

    @Test
    void otherNamesAreGivenAsOptions() {
        ModelPackage model =
                Home.MODEL
                        .withTensors(
                                List.of(),
                                List.of(
                                        TensorSpec.of("what", Tensor.Type.FLOAT32, "1", 1, 2),
                                        TensorSpec.of("where", Tensor.Type.FLOAT32, "1", 1, 32, 1)))
                        .withLabels(Map.of("what", List.of("on", "off"), "where", List.of("O")));
        assertThat(DECIDER.inputs(model, options(Map.of("intent", "what", "slots", "where"))))
                .extracting(TensorSpec::name)
                .containsExactly("what", "where");
        refusesModel(
                model, Map.of("slots", "where"), "'intent'", "'intent_logits'", "what FLOAT32");
        refusesModel(model, Map.of("intent", "what"), "'slots'", "'slot_logits'", "where FLOAT32");
    }

    @Test
    void missingLabelsAreRefused() {
        refusesModel(
                Home.MODEL.withLabels(
                        Map.of("slot_logits", List.of("O", "B-a", "I-a", "B-b", "I-b"))),
                Map.of(),
                "home@1",
                "no labels",
                "'intent_logits'",
                "[slot_logits]");
        refusesModel(withLabels("slot_logits"), Map.of(), "no labels", "'slot_logits'");
    }

    @Test
    void anotherNumberOfLabelsThanClassesIsRefused() {
        refusesModel(withLabels("intent_logits", "on", "off"), Map.of(), "2 labels", "[1, 2]");
        refusesModel(withLabels("slot_logits", "O", "B-room"), Map.of(), "2 labels", "[1, -1, 2]");
    }

    @Test
    void anotherTypeOrRankIsRefused() {
        TensorSpec slots = Home.MODEL.outputs().get(1);
        TensorSpec doubles = TensorSpec.of("intent_logits", Tensor.Type.INT8, "1", 1, 3);
        refusesModel(
                Home.MODEL.withTensors(List.of(), List.of(doubles, slots)),
                Map.of(),
                "type FLOAT32 expected, INT8 found");
        refusesModel(
                Home.MODEL.withTensors(
                        List.of(),
                        List.of(
                                Home.MODEL.outputs().get(0),
                                TensorSpec.of("slot_logits", Tensor.Type.FLOAT32, "1", -1, 5))),
                Map.of(),
                "'slot_logits'",
                "[-1, 5] found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"room", "B-", "I-", "o", "E-room", ""})
    void aLabelThatIsNotInBioNotationIsRefused(String label) {
        refusesModel(
                withLabels("slot_logits", "O", "B-room", "I-room", "B-time", label),
                Map.of(),
                "'" + label + "'",
                "B-<type>");
    }

    // Intents

    @Test
    void theIntentIsTheDecisionAndItsProbabilityTheConfidence() {
        Tokens tokens = Home.tokens("on");
        open(Home.MODEL, Map.of())
                .push(steps(tokens, Home.intents(1, 3, 2), Home.tags(tokens, "O")), decisions::add);
        assertThat(decisions).hasSize(1);
        assertThat(decisions.get(0).name()).isEqualTo("light_on");
        assertThat(decisions.get(0).sure()).isTrue();
        assertThat(decisions.get(0).parameters()).isEmpty();
        assertThat(decisions.get(0).confidence())
                .isEqualTo(Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3)), within(1e-12));
    }

    @Test
    void logitsTooLargeForAnExponentialAreStillRead() {
        Tokens tokens = Home.tokens("on");
        open(Home.MODEL, Map.of())
                .push(
                        steps(tokens, Home.intents(-3e38f, 1, 3e38f), Home.tags(tokens, "O")),
                        decisions::add);
        assertThat(decisions).containsExactly(new Decision("timer_set", Map.of(), 1, true));
    }

    @Test
    void anUnsureDecisionWaitsForTheFlush() {
        Tokens tokens = Home.tokens("kitchen");
        Stage<Steps, Decision> stage = open(Home.MODEL, Map.of("above", "0.9"));
        stage.push(
                steps(tokens, Home.intents(1, 2, 1), Home.tags(tokens, "B-room")), decisions::add);
        assertThat(decisions).isEmpty();
        stage.flush(decisions::add);
        assertThat(decisions).hasSize(1);
        assertThat(decisions.get(0).sure()).isFalse();
        assertThat(decisions.get(0).name()).isEqualTo("light_on");
        assertThat(slots()).isEqualTo(Map.of("room", "kitchen"));
        stage.flush(decisions::add);
        assertThat(decisions).hasSize(1);
    }

    @Test
    void aFlushWithoutAMessageGivesNothing() {
        open(Home.MODEL, Map.of()).flush(decisions::add);
        assertThat(decisions).isEmpty();
    }

    // Slots

    @Test
    void aSlotIsCutFromTheTextAsItStands() {
        decide("Turn on the Living  Room lamp", "O O O B-room I-room O".split(" "));
        assertThat(slots()).isEqualTo(Map.of("room", "Living  Room"));
    }

    @Test
    void onlyTheFirstTokenOfAWordCounts() {
        // "dining" is three tokens: din, ing and a full stop, of which the last two say B-time.
        Tokens tokens = new Tokens();
        tokens.start("in dining.");
        tokens.add(1, 0, 0);
        tokens.add(5, 0, 2);
        tokens.add(6, 3, 6);
        tokens.add(7, 6, 9);
        tokens.add(8, 9, 10);
        tokens.add(2, 10, 10);
        Tensor slots = Home.rows(6, "B-time", "O", "B-room", "B-time", "B-time", "B-time");
        open(Home.MODEL, Map.of())
                .push(steps(tokens, Home.intents(1, 9, 1), slots), decisions::add);
        assertThat(slots()).isEqualTo(Map.of("room", "dining"));
    }

    @Test
    void aTokenMayBeginWithTheSpaceBeforeItsWord() {
        Tokens tokens = new Tokens();
        tokens.start("the big kitchen");
        tokens.add(5, 0, 3);
        tokens.add(6, 3, 7);
        tokens.add(7, 7, 8);
        tokens.add(8, 8, 15);
        Tensor slots = Home.rows(4, "O", "B-room", "B-time", "I-room");
        open(Home.MODEL, Map.of())
                .push(steps(tokens, Home.intents(1, 9, 1), slots), decisions::add);
        assertThat(slots()).isEqualTo(Map.of("room", "big kitchen"));
    }

    @Test
    void paddingAfterTheTokensIsNotRead() {
        Tokens tokens = Home.tokens("kitchen");
        Tensor padded = Home.rows(32, "O", "B-room", "O", "B-time");
        padded.floats().put(31 * 5, Float.NaN);
        open(Home.MODEL, Map.of())
                .push(steps(tokens, Home.intents(1, 9, 1), padded), decisions::add);
        assertThat(slots()).isEqualTo(Map.of("room", "kitchen"));
    }

    @Test
    void anInsideTagWithoutABeginningStartsASlot() {
        decide("kitchen at seven", "I-room", "O", "I-time");
        assertThat(slots()).isEqualTo(Map.of("room", "kitchen", "time", "seven"));
    }

    @Test
    void anInsideTagOfAnotherTypeStartsASlot() {
        decide("kitchen seven sharp", "B-room", "I-time", "I-time");
        assertThat(slots()).isEqualTo(Map.of("room", "kitchen", "time", "seven sharp"));
    }

    @Test
    void severalSlotsOfOneTypeAreNumbered() {
        decide("kitchen bath and hall", "B-room", "B-room", "O", "I-room");
        assertThat(slots())
                .isEqualTo(Map.of("room", "kitchen", "room_2", "bath", "room_3", "hall"));
    }

    @Test
    void punctuationAroundASlotIsLeftOut() {
        decide("lights in the \"kitchen\"?!", "O", "O", "O", "B-room");
        assertThat(slots()).isEqualTo(Map.of("room", "kitchen"));
    }

    @Test
    void punctuationInsideASlotStays() {
        decide("at Jason's place, sir.", "O", "B-room", "I-room", "I-room");
        assertThat(slots()).isEqualTo(Map.of("room", "Jason's place, sir"));
    }

    @Test
    void anAbbreviationKeepsItsFullStop() {
        decide("bath at 7 p.m.", "B-room", "O", "B-time", "I-time");
        assertThat(slots()).isEqualTo(Map.of("room", "bath", "time", "7 p.m."));
    }

    @Test
    void lettersSpeltOutKeepTheirLastFullStop() {
        decide("in u. s. d.", "O", "B-room", "I-room", "I-room");
        assertThat(slots()).isEqualTo(Map.of("room", "u. s. d."));
    }

    @Test
    void aSingleLetterAtTheEndOfASentenceLosesItsFullStop() {
        decide("in room b.", "O", "B-room", "I-room");
        assertThat(slots()).isEqualTo(Map.of("room", "room b"));
    }

    @Test
    void unitsAreNoPunctuation() {
        decide("50% 21\u00b0 7.", "B-time", "B-room", "B-time");
        assertThat(slots()).isEqualTo(Map.of("time", "50%", "room", "21\u00b0", "time_2", "7"));
    }

    @Test
    void aSlotOfNothingButPunctuationIsNone() {
        decide("kitchen ...", "B-room", "B-time");
        assertThat(slots()).isEqualTo(Map.of("room", "kitchen"));
    }

    @Test
    void wordsAreSeparatedByAnyWhiteSpace() {
        decide("the\u00a0living\troom\nnow", "O", "B-room", "I-room", "O");
        assertThat(slots()).isEqualTo(Map.of("room", "living\troom"));
    }

    @Test
    void slotsOfOneMessageAreNotThoseOfTheNext() {
        Stage<Steps, Decision> stage = open(Home.MODEL, Map.of());
        Tokens first = Home.tokens("kitchen");
        Tokens second = Home.tokens("now");
        stage.push(steps(first, Home.intents(1, 9, 1), Home.tags(first, "B-room")), decisions::add);
        stage.push(steps(second, Home.intents(9, 1, 1), Home.tags(second, "O")), decisions::add);
        assertThat(decisions)
                .extracting(Decision::parameters)
                .containsExactly(Map.of("room", "kitchen"), Map.of());
    }

    // What it refuses to decide

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void anIntentScoreThatIsNotFiniteIsRefused(float score) {
        Tokens tokens = Home.tokens("kitchen");
        refuses(
                Kind.INPUT,
                () ->
                        open(Home.MODEL, Map.of())
                                .push(
                                        steps(
                                                tokens,
                                                Home.intents(1, score, 1),
                                                Home.tags(tokens, "O")),
                                        decisions::add),
                "home@1",
                "'light_on'",
                "'intent_logits'");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void aTagScoreThatIsNotFiniteIsRefused(float score) {
        Tokens tokens = Home.tokens("big kitchen");
        Tensor slots = Home.tags(tokens, "B-room", "I-room");
        slots.floats().put(2 * 5 + 4, score);
        refuses(
                Kind.INPUT,
                () ->
                        open(Home.MODEL, Map.of())
                                .push(steps(tokens, Home.intents(1, 9, 1), slots), decisions::add),
                "token 2",
                "'slot_logits'");
    }

    @Test
    void aModelWithAStateMustStartAnewAfterNaN() {
        Tokens tokens = Home.tokens("kitchen");
        Stage<Steps, Decision> stage = open(Home.MODEL.withState(Map.of("h", "h_out")), Map.of());
        refuses(
                Kind.REOPEN,
                () ->
                        stage.push(
                                steps(
                                        tokens,
                                        Home.intents(Float.NaN, 1, 1),
                                        Home.tags(tokens, "O")),
                                decisions::add),
                "'light_off'");
    }

    @Test
    void fewerRowsThanTokensAreRefused() {
        Tokens tokens = Home.tokens("the kitchen");
        refuses(
                Kind.INPUT,
                () ->
                        open(Home.MODEL, Map.of())
                                .push(
                                        steps(
                                                tokens,
                                                Home.intents(1, 9, 1),
                                                Home.rows(3, "O", "O", "O")),
                                        decisions::add),
                "3 rows for 4 tokens");
    }

    @Test
    void aModelThatReadsNoTokensIsRefused() {
        refuses(
                Kind.INPUT,
                () ->
                        open(Home.MODEL, Map.of())
                                .push(
                                        steps(
                                                new Tokens(),
                                                Home.intents(1, 9, 1),
                                                Home.rows(3, "O", "O", "O")),
                                        decisions::add),
                "0 tokens");
    }

    @Test
    void anotherShapeThanAgreedOnIsRefused() {
        Tokens tokens = Home.tokens("kitchen");
        refuses(
                Kind.SETUP,
                () ->
                        open(Home.MODEL, Map.of())
                                .push(
                                        steps(
                                                tokens,
                                                Home.intents(1, 9, 1),
                                                Tensors.of(new float[12], 1, 3, 4)),
                                        decisions::add),
                "'slot_logits'",
                "[1, 3, 4] found");
    }

    @Test
    void aRefusedMessageIsForgottenWithWhatCameBefore() {
        Tokens tokens = Home.tokens("kitchen");
        Stage<Steps, Decision> stage = open(Home.MODEL, Map.of("above", "0.99"));
        Tensor tags = Home.tags(tokens, "O");
        stage.push(steps(tokens, Home.intents(1, 2, 1), tags), decisions::add);
        refuses(
                Kind.INPUT,
                () ->
                        stage.push(
                                steps(tokens, Home.intents(Float.NaN, 2, 1), tags), decisions::add),
                "NaN");
        stage.flush(decisions::add);
        assertThat(decisions).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"above=2", "above=high", "tensor=slot_logits"})
    void anOptionThatDoesNotFitIsRefused(String option) {
        String[] parts = option.split("=");
        assertThatThrownBy(() -> options(Map.of(parts[0], parts[1])))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("'" + parts[0] + "'");
    }
}
