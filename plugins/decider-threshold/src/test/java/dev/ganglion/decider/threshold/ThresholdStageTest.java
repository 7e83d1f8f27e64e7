package dev.ganglion.decider.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.testkit.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ThresholdStageTest {
    private static final Consumer<Decision> IGNORE = decision -> {};

    // A fixed bound

    @Test
    void eachStepIsADecisionWithValueUnitAndThreshold() {
        Watched watched = Watched.value("above=30").each(29.5, 30, 31);
        assertThat(watched.decisions)
                .containsExactly(
                        decision("normal", 29.5), decision("alarm", 30), decision("alarm", 31));
    }

    private static Decision decision(String name, double value) {
        return new Decision(
                name, Map.of("value", value, "unit", "{cycle}", "threshold", 30.0), 1, true);
    }

    @Test
    void belowIsTheOtherDirection() {
        Watched watched = Watched.value("below=30 high=worn low=healthy").each(31, 30, 29, 31);
        assertThat(watched.names()).containsExactly("healthy", "worn", "worn", "healthy");
    }

    @Test
    void theBoundOfReturnKeepsTheStateBetweenTheTwo() {
        assertThat(Watched.value("above=30 leave=20").each(25, 30, 25, 20, 19, 25).names())
                .containsExactly("normal", "alarm", "alarm", "alarm", "normal", "normal");
        assertThat(Watched.value("below=30 leave=40").each(35, 30, 35, 40, 41, 35).names())
                .containsExactly("normal", "alarm", "alarm", "alarm", "normal", "normal");
    }

    @Test
    void severalStepsInARowChangeTheState() {
        assertThat(Watched.value("above=30 steps=2").each(31, 29, 31, 31, 29, 31, 29, 29).names())
                .containsExactly(
                        "normal", "normal", "normal", "alarm", "alarm", "alarm", "alarm", "normal");
    }

    @Test
    void onlyChangesAreReportedWhenAsked() {
        Watched watched = Watched.value("above=30 on=change").each(1, 2, 31, 32, 33, 3, 4);
        assertThat(watched.values()).containsExactly(31.0, 3.0);
        assertThat(watched.names()).containsExactly("alarm", "normal");
        watched.each(40).stage.flush(watched.decisions::add);
        assertThat(watched.names()).containsExactly("alarm");
    }

    @Test
    void aFlushStartsInTheLowState() {
        Watched watched = Watched.value("above=30 leave=20").each(31);
        watched.stage.flush(watched.decisions::add);
        watched.each(25);
        assertThat(watched.names()).containsExactly("alarm", "normal");
    }

    @Test
    void duringTheWarmUpNothingIsSureAndNothingChanges() {
        Watched watched = Watched.value("above=30 warmUp=2 steps=2").each(31, 32, 33, 34);
        assertThat(watched.decisions)
                .extracting(Decision::sure)
                .containsExactly(false, false, true, true);
        assertThat(watched.names()).containsExactly("normal", "normal", "normal", "alarm");
    }

    @Test
    void anAlarmThatBeganDuringTheWarmUpIsReportedAfterIt() {
        Watched watched = Watched.value("above=30 warmUp=2 on=change").each(31, 32, 33, 34);
        assertThat(watched.values()).containsExactly(33.0);
        assertThat(watched.decisions).extracting(Decision::sure).containsExactly(true);
    }

    // Without a bound

    @Test
    void withoutABoundTheValueIsReported() {
        assertThat(Watched.value("name=life").each(31, 32).decisions)
                .extracting(Decision::name)
                .containsExactly("life", "life");
        Watched watched = Watched.value("warmUp=1").each(31, 32);
        assertThat(watched.decisions)
                .containsExactly(
                        new Decision(
                                "rul_cycles", Map.of("value", 31.0, "unit", "{cycle}"), 1, false),
                        new Decision(
                                "rul_cycles", Map.of("value", 32.0, "unit", "{cycle}"), 1, true));
    }

    // Probabilities

    @Test
    void theStatesAreCalledAfterTheClassesAndTheConfidenceIsThatOfTheState() {
        Watched watched =
                new Watched(
                        Watched.STATE, Watched.map("class=failure kind=probabilities above=0.5"));
        watched.push(0.75, 0.25);
        watched.push(0.25, 0.75);
        assertThat(watched.decisions).extracting(Decision::confidence).containsExactly(0.75, 0.75);
        assertThat(watched.names()).containsExactly("normal", "failure");
    }

    @Test
    void aProbabilityThatIsTooLowMakesTheOtherStateLikely() {
        Watched watched =
                new Watched(
                        Watched.STATE,
                        Watched.map(
                                "class=normal kind=probabilities below=0.25 high=odd low=fine"));
        watched.push(0.75, 0.25);
        watched.push(0.125, 0.875);
        assertThat(watched.decisions).extracting(Decision::confidence).containsExactly(0.75, 0.875);
        assertThat(watched.names()).containsExactly("fine", "odd");
    }

    // A bound that follows its stream

    @Test
    void theThresholdIsTheQuantileOfWhatCameBefore() {
        Watched watched =
                Watched.value("quantile=1 window=3 factor=2 warmUp=2").each(4, 1, 7.5, 2, 1, 1, 1);
        // Each of 4 and 7.5 is the highest until it has left the window.
        assertThat(watched.thresholds()).containsExactly(null, 8.0, 8.0, 15.0, 15.0, 15.0, 4.0);
        assertThat(watched.names()).containsOnly("normal");
    }

    @Test
    void theWarmUpIsTheWindowUnlessGiven() {
        Watched watched = Watched.value("quantile=0.5 window=3 margin=5").each(1, 1, 100, 1, 100);
        assertThat(watched.decisions)
                .extracting(Decision::sure)
                .containsExactly(false, false, false, true, true);
        assertThat(watched.names())
                .containsExactly("normal", "normal", "normal", "normal", "alarm");
    }

    @Test
    void theThresholdFollowsADrift() {
        Watched watched = Watched.value("quantile=0.9 window=20 margin=3");
        for (int i = 0; i < 500; i++) {
            watched.push(i * 0.1 + i % 3);
        }
        assertThat(watched.names()).containsOnly("normal").hasSize(500);
        watched.push(60);
        assertThat(watched.names()).containsExactly("alarm");
    }

    @Test
    void theReturnIsADistanceFromTheQuantileToo() {
        Watched margin = Watched.value("quantile=0.5 window=7 margin=10 leave=5");
        margin.each(1, 1, 1, 1, 1, 1, 1).decisions.clear();
        assertThat(margin.each(10, 11, 7, 6, 5, 7).names())
                .containsExactly("normal", "alarm", "alarm", "alarm", "normal", "normal");
        Watched factor =
                Watched.value("quantile=0.5 window=7 factor=0.5 leave=0.75 direction=below");
        factor.each(8, 8, 8, 8, 8, 8, 8).decisions.clear();
        assertThat(factor.each(5, 4, 6, 6.5).names())
                .containsExactly("normal", "alarm", "alarm", "normal");
    }

    @Test
    void anAlarmTeachesNothingButItsBeginning() {
        Watched watched = Watched.value("quantile=0.9 window=10 margin=5");
        watched.each(1, 2, 1, 2, 1, 2, 1, 2, 1, 2).decisions.clear();
        watched.each(50, 60, 70, 80, 90, 100, 110);
        assertThat(watched.thresholds()).containsOnly(7.0);
        assertThat(watched.names()).containsOnly("alarm");
    }

    @Test
    void aBoundAtTheQuantileItselfDoesNotCreepAway() {
        Watched watched = Watched.value("quantile=0.9 window=100");
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            watched.push(random.nextDouble());
        }
        double sum = 0;
        for (Object threshold : watched.thresholds().subList(10_000, 20_000)) {
            sum += (double) threshold;
        }
        assertThat(sum / 10_000).isEqualTo(0.9, within(0.02));
    }

    @Test
    void anAlarmThatOutlastsTheWindowIsTheNewNormal() {
        Watched watched = Watched.value("quantile=0.5 window=10 margin=5 on=change");
        for (int i = 0; i < 20; i++) {
            watched.push(1);
        }
        for (int i = 0; i < 40; i++) {
            watched.push(100);
        }
        assertThat(watched.values()).containsExactly(100.0, 100.0);
        assertThat(watched.thresholds()).containsExactly(6.0, 105.0);
        assertThat(watched.names()).containsExactly("alarm", "normal");
    }

    @Test
    void aFlushForgetsWhatWasLearned() {
        Watched watched = Watched.value("quantile=1 window=2").each(5, 5, 5);
        watched.stage.flush(watched.decisions::add);
        watched.decisions.clear();
        watched.each(7, 8);
        assertThat(watched.thresholds()).containsExactly(null, 7.0);
        assertThat(watched.decisions).extracting(Decision::sure).containsOnly(false);
    }

    @Test
    void aRefusedStepIsForgottenWithWhatCameBefore() {
        Watched watched = Watched.value("above=30 leave=20").each(31);
        assertThatThrownBy(() -> watched.push(Double.NaN)).isInstanceOf(GanglionException.class);
        watched.each(25);
        assertThat(watched.names()).containsExactly("alarm", "normal");
    }

    @Test
    void aStepThatIsNoDecisionAllocatesNothing() {
        Watched watched = Watched.value("quantile=0.99 window=1000 margin=5 on=change");
        Steps steps = watched.step(Tensors.of(new float[] {3}, 1, 1));
        var thread =
                (com.sun.management.ThreadMXBean)
                        java.lang.management.ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = thread.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                watched.stage.push(steps, IGNORE);
            }
            least = Math.min(least, thread.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(1000);
        assertThat(watched.decisions).isEqualTo(List.of());
    }
}
