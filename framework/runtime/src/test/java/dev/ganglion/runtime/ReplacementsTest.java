package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.model.Deployment;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.model.ReplacementGate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One version after the other, with a probation or at once. */
class ReplacementsTest extends Switches {
    private static final String[] BLUE_GREEN = {
        "strategy", "blue-green", "probationSeconds", "0", "probationMessages", "5"
    };

    private FaultyEngine secondFails() {
        FaultyEngine faulty = new FaultyEngine(toys.engine);
        faulty.which = SECOND::equals;
        toys.plugins.remove(toys.engine);
        toys.plugins.add(faulty, "the test");
        return faulty;
    }

    @Test
    void theNextVersionServesOnProbationWhileTheFormerStandsBy() {
        firstServesAndSecondIsThere();
        ModelHost.Replaced done = replace(SECOND, BLUE_GREEN);
        assertThat(done)
                .isEqualTo(
                        new ModelHost.Replaced(
                                SECOND,
                                FIRST,
                                "model switch@2 serves on probation, switch@1 stands by"));
        assertThat(served()).isEqualTo(SECOND);
        assertThat(states()).containsExactly("switch@2 probation", "switch@1 standby");
        assertThat(decided())
                .containsExactly(
                        "model switch@1 serves on engine toy",
                        "model switch@2 serves on probation, switch@1 stands by (by command)");
    }

    @Test
    void aProbationThatPassesFreesTheFormerVersion() {
        firstServesAndSecondIsThere();
        try (Lanes lanes = toys.lanes("switch")) {
            assertThat(answer(lanes)).isOne();
            replace(SECOND, BLUE_GREEN);
            for (int i = 0; i < 5; i++) {
                assertThat(answer(lanes)).isEqualTo(2);
            }
            assertThat(awaitDecided("instead of"))
                    .matches(
                            "model switch@2 serves instead of switch@1: 5 messages in [0-9.]+ s,"
                                    + " 0\\.0 % failed, 95 of 100 took up to [0-9]+ us \\([0-9]+"
                                    + " us before\\)");
            assertThat(answer(lanes)).isEqualTo(2);
        }
        assertThat(states()).first().isEqualTo("switch@2 serving");
    }

    @Test
    void tooFewMessagesDecideNothingAndTheProbationGoesOn() {
        firstServesAndSecondIsThere();
        replace(SECOND, "strategy", "blue-green", "probationSeconds", "0");
        try (Lanes lanes = toys.lanes("switch")) {
            for (int i = 0; i < 199; i++) {
                assertThat(answer(lanes)).isEqualTo(2);
            }
        }
        awaitJudgement();
        assertThat(states()).containsExactly("switch@2 probation", "switch@1 standby");
    }

    @Test
    void aVersionWhoseMessagesFailIsRolledBackWithTheRate() {
        FaultyEngine faulty = secondFails();
        firstServesAndSecondIsThere();
        try (Lanes lanes = toys.lanes("switch")) {
            assertThat(answer(lanes)).isOne();
            replace(
                    SECOND,
                    "strategy",
                    "blue-green",
                    "probationMessages",
                    "10",
                    "maxErrorRate",
                    "20");
            faulty.onRun = new GanglionException(Kind.REOPEN, "forced");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> answer(lanes)).isSameAs(faulty.onRun);
            }
            faulty.onRun = null;
            for (int i = 0; i < 7; i++) {
                assertThat(answer(lanes)).isEqualTo(2);
            }
            awaitDecided(
                    "model switch@1 serves, switch@2 was rolled back: 3 of its 10 messages failed"
                            + " (30.0 %, at most 20.0 % allowed)");
            assertThat(answer(lanes)).isOne();
        }
    }

    @Test
    void aVersionThatOpensNoSessionsIsRolledBack() {
        FaultyEngine faulty = secondFails();
        firstServesAndSecondIsThere();
        replace(SECOND, BLUE_GREEN);
        faulty.onOpen = new IllegalStateException("forced");
        try (Lanes lanes = toys.lanes("switch")) {
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> answer(lanes)).isSameAs(faulty.onOpen);
            }
            awaitDecided("switch@2 was rolled back: 5 of its 5 messages failed");
            assertThat(answer(lanes)).isOne();
        }
    }

    @Test
    void anInputThatTheModelRefusesSaysNothingAboutItsVersion() {
        firstServesAndSecondIsThere();
        replace(SECOND, BLUE_GREEN);
        try (Lanes lanes = toys.lanes("switch")) {
            for (int i = 0; i < 5; i++) {
                refused(Kind.INPUT, () -> Toys.message(lanes, Toys.row(1, 2), "scores"));
            }
        }
        awaitDecided("model switch@2 serves instead of switch@1: 5 messages");
    }

    private void took(int messages, long nanos) {
        for (int i = 0; i < messages; i++) {
            try (Lease lease = toys.host.lease("switch", "test")) {
                lease.ended(nanos, false);
            }
        }
    }

    @Test
    void aVersionThatTakesTooLongIsRolledBackWithBothTimes() {
        firstServesAndSecondIsThere();
        took(100, 1_000_000);
        replace(SECOND, "strategy", "blue-green", "maxLatencyRatio", "1.5");
        took(30, 1_600_000);
        awaitDecided(
                "model switch@1 serves, switch@2 was rolled back: 95 of 100 of its steps take up to"
                        + " 1600 us, and 1000 us with the version before (at most 1.5 times as long"
                        + " allowed)");
        assertThat(served()).isEqualTo(FIRST);
    }

    @ParameterizedTest
    @CsvSource({"1.5, 1400000", "0, 90000000"})
    void aVersionThatStaysWithinItsTimeIsNotRolledBack(String ratio, long nanos) {
        firstServesAndSecondIsThere();
        took(100, 1_000_000);
        replace(
                SECOND,
                "strategy",
                "blue-green",
                "maxLatencyRatio",
                ratio,
                "probationSeconds",
                "0",
                "probationMessages",
                "30");
        took(30, nanos);
        awaitDecided("model switch@2 serves instead of switch@1: 30 messages");
    }

    @Test
    void aVersionThatGrowsBeyondItsMemoryIsRolledBack() {
        FaultyEngine faulty = secondFails();
        firstServesAndSecondIsThere();
        replace(SECOND, "strategy", "blue-green", "maxMemoryMegabytes", "3");
        faulty.allocatedBytes = 3_200_000;
        awaitDecided(
                "model switch@1 serves, switch@2 was rolled back: it takes 3.2 MB (at most 3 MB"
                        + " allowed)");
        assertThat(served()).isEqualTo(FIRST);
    }

    @Test
    void aThirdVersionDuringAProbationIsRefused() {
        firstServesAndSecondIsThere();
        replace(SECOND, BLUE_GREEN);
        version(3);
        assertThat(refused(Kind.RETRY, () -> replace(THIRD)))
                .hasMessage(
                        "model switch@3 cannot be loaded yet: switch@2 is a probation beside"
                                + " switch@1, and at most two versions are in memory; promote it or"
                                + " roll it back first");
        assertThat(decided())
                .last()
                .asString()
                .startsWith("model switch@3 does not serve (by command): ");
        toys.host.promote("switch");
        replace(THIRD);
        assertThat(served()).isEqualTo(THIRD);
    }

    @Test
    void aProbationIsEndedByCommandEitherWay() {
        firstServesAndSecondIsThere();
        replace(SECOND, BLUE_GREEN);
        assertThat(toys.host.rollback("switch"))
                .isEqualTo(
                        new ModelHost.Replaced(
                                FIRST, SECOND, "model switch@1 serves, switch@2 was rolled back"));
        assertThat(decided()).last().asString().endsWith("rolled back: rolled back by command");
        assertThat(served()).isEqualTo(FIRST);

        replace(SECOND, BLUE_GREEN);
        assertThat(toys.host.promote("switch"))
                .isEqualTo(
                        new ModelHost.Replaced(
                                SECOND, FIRST, "model switch@2 serves instead of switch@1"));
        assertThat(served()).isEqualTo(SECOND);
    }

    @Test
    void lanesAreToldOfBothEndsOfAProbation() {
        firstServesAndSecondIsThere();
        List<String> told = new ArrayList<>();
        toys.host.onReplaced(told::add);
        replace(SECOND, BLUE_GREEN);
        toys.host.rollback("switch");
        assertThat(told).containsExactly("switch", "switch");
    }

    @Test
    void aRollbackWithoutProbationGoesBackToTheVersionBefore() {
        firstServesAndSecondIsThere();
        replace(SECOND);
        assertThat(toys.host.rollback("switch").model()).isEqualTo(FIRST);
        assertThat(served()).isEqualTo(FIRST);
        assertThat(decided())
                .last()
                .isEqualTo("model switch@1 serves instead of switch@2 (rolled back by command)");
        assertThat(toys.host.rollback("switch").model()).isEqualTo(SECOND);
    }

    @Test
    void aRollbackToAVersionThatIsGoneIsRefusedAndTheCurrentOneServesOn() {
        firstServesAndSecondIsThere();
        replace(SECOND);
        toys.store.edit(FIRST, "format: toy-linear", "format: onnx");
        assertThat(refused(Kind.SETUP, () -> toys.host.rollback("switch")))
                .hasMessageContaining("no engine loads the format 'onnx' of model switch@1");
        assertThat(decided())
                .last()
                .asString()
                .startsWith("model switch@1 does not serve (rolled back by command): no engine");
        assertThat(served()).isEqualTo(SECOND);
    }

    @Test
    void whatIsNotOnProbationIsNeitherPromotedNorRolledBack() {
        firstServesAndSecondIsThere();
        assertThat(refused(Kind.RETRY, () -> toys.host.promote("switch")))
                .hasMessage(
                        "model 'switch' has no version on probation, so there is none to promote");
        assertThat(refused(Kind.RETRY, () -> toys.host.rollback("switch")))
                .hasMessage(
                        "model 'switch' has no version on probation and none before the current"
                                + " one, so there is nothing to go back to");
        assertThat(served()).isEqualTo(FIRST);
    }

    @Test
    void aGateHasTheLastWordAndDoesNotBlockTheNextAttempt() {
        firstServesAndSecondIsThere();
        List<String> asked = new ArrayList<>();
        ReplacementGate gate =
                (next, model) -> {
                    model.open().close();
                    asked.add(next.id().toString());
                    if (asked.size() == 1) {
                        throw new GanglionException(Kind.SETUP, "the accuracy of it is too low");
                    }
                };
        toys.host.add(gate);
        assertThat(refused(Kind.SETUP, () -> replace(SECOND)))
                .hasMessage("the accuracy of it is too low");
        assertThat(decided())
                .last()
                .isEqualTo(
                        "model switch@2 does not serve (by command): the accuracy of it is too"
                                + " low");
        assertThat(toys.engine.openModels()).isOne();
        assertThat(served()).isEqualTo(FIRST);
        replace(SECOND);
        assertThat(served()).isEqualTo(SECOND);
        toys.host.remove(gate);
        replace(FIRST);
        assertThat(asked).containsExactly("switch@2", "switch@2");
    }

    @Test
    void aGateThatBreaksLeavesNoModelBehind() {
        firstServesAndSecondIsThere();
        toys.host.add(
                (next, model) -> {
                    throw new AssertionError("forced");
                });
        assertThatThrownBy(() -> replace(SECOND)).isInstanceOf(AssertionError.class);
        assertThat(toys.engine.openModels()).isOne();
        assertThat(served()).isEqualTo(FIRST);
    }

    @Test
    void aModelThatDoesNotFitIntoTheMemoryIsRefusedWithAllFigures() {
        useInstead(new Toys(folder, Toys.LIMIT.toMillis(), 5));
        FaultyEngine faulty = secondFails();
        faulty.allocatedBytes = 3_000_000;
        firstServesAndSecondIsThere();
        assertThat(refused(Kind.SETUP, () -> replace(SECOND)))
                .hasMessage(
                        "model switch@2 does not fit: it takes 3.0 MB, the models in memory take"
                                + " 3.0 MB, and the limit is 5.0 MB; replace with drainFirst,"
                                + " unload another, or raise ganglion.memoryLimitMegabytes");
        assertThat(toys.engine.openModels()).isOne();
        replace(SECOND, "drainFirst", "true");
        assertThat(served()).isEqualTo(SECOND);
    }

    @Test
    void weightsThatDoNotFitAreNotEvenLoaded() {
        useInstead(new Toys(folder, Toys.LIMIT.toMillis(), 1));
        float[] row = new float[300_000];
        toys.store.linear("switch", "1", "", row);
        assertThat(refused(Kind.SETUP, this::served))
                .hasMessageStartingWith("model switch@1 does not fit: it takes 1.2 MB, the models");
        assertThat(toys.engine.loads()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "strategy | red-black | the command names the strategy 'red-black'; there are:"
                        + " immediate, blue-green, canary, shadow",
                "speed | 3 | the command has an unknown key 'speed' for a replacement; the keys"
                        + " are: strategy, drainFirst, probationSeconds, probationMessages, share,"
                        + " maxErrorRate, maxLatencyRatio, maxMemoryMegabytes",
                "share | many | the command gives 'many' as 'share', expected a whole number",
                "share | 100 | 'share' of a replacement is 1 to 99 percent, found 100"
            })
    void whatIsNoStrategyIsRefusedBeforeAnythingIsLoaded(String key, String value, String said) {
        firstServesAndSecondIsThere();
        assertThat(refused(Kind.SETUP, () -> replace(SECOND, key, value))).hasMessage(said);
        assertThat(toys.engine.loads()).isOne();
        assertThat(served()).isEqualTo(FIRST);
    }

    @Test
    void aStrategyOfTheCardIsUsedAndTheConfigurationAndTheCommandWin() {
        version(1);
        assertThat(served()).isEqualTo(FIRST);
        toys.store.linear(
                "switch", "2", "replacement: {strategy: canary, share: 30}\n", new float[] {0, 2});
        assertThat(replace(SECOND).sentence())
                .isEqualTo("model switch@2 answers 30 % of the messages, switch@1 the others");
        toys.host.rollback("switch");
        toys.host.configure("switch", new Deployment("", "", Map.of("share", "40")));
        assertThat(replace(SECOND).sentence()).contains("answers 40 % of the messages");
        toys.host.rollback("switch");
        assertThat(replace(SECOND, "strategy", "immediate").sentence())
                .isEqualTo("model switch@2 serves instead of switch@1");
    }

    @Test
    void aConfigurationThatCannotBeIsRefusedWithItsModel() {
        Deployment wrong = new Deployment("", "", Map.of("strategy", "fast"));
        assertThat(refused(Kind.SETUP, () -> toys.host.configure("switch", wrong)))
                .hasMessageStartingWith(
                        "the configuration of model switch names the strategy 'fast'; there are: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"blue-green", "canary", "shadow"})
    void aHostThatClosesDuringAProbationFreesBothVersions(String strategy) {
        firstServesAndSecondIsThere();
        replace(SECOND, "strategy", strategy);
        assertThat(toys.engine.openModels()).isEqualTo(2);
        toys.host.close();
        assertThat(toys.engine.openModels()).isZero();
        assertThat(refused(Kind.RETRY, () -> replace(THIRD)))
                .hasMessage(
                        "model 'switch' is not loaded, because the runtime is ending; start it"
                                + " again");
        refused(Kind.RETRY, () -> toys.host.promote("switch"));
    }
}
