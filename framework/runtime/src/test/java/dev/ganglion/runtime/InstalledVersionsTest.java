package dev.ganglion.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.model.Deployment;
import dev.ganglion.runtime.model.Lease;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Newer versions that appear in the store while an older one serves. */
class InstalledVersionsTest extends Switches {
    @Test
    void aNewerVersionTakesOverByItself() {
        firstServesAndSecondIsThere();
        try (Lanes lanes = toys.lanes("switch")) {
            assertThat(answer(lanes)).isOne();
            toys.host.lookAgain();
            awaitDecided("model switch@2 serves instead of switch@1 (it was installed)");
            assertThat(answer(lanes)).isEqualTo(2);
        }
    }

    @Test
    void itTakesOverAsTheConfigurationSays() {
        firstServesAndSecondIsThere();
        toys.host.configure(
                "switch", new Deployment("", "", Map.of("strategy", "canary", "share", "20")));
        awaitDecided(
                "model switch@2 answers 20 % of the messages, switch@1 the others (it was"
                        + " installed)");
    }

    @Test
    void nothingIsLoadedBeforeSomebodyAsks() {
        version(1);
        version(2);
        toys.host.lookAgain();
        awaitLook();
        assertThat(toys.engine.loads()).isZero();
    }

    @Test
    void anOlderVersionIsNotTaken() {
        version(2);
        assertThat(served()).isEqualTo(SECOND);
        version(1);
        awaitLook();
        assertThat(served()).isEqualTo(SECOND);
        assertThat(toys.engine.loads()).isOne();
    }

    private long said(String part) {
        return decided().stream().filter(each -> each.contains(part)).count();
    }

    @Test
    void aVersionThatIsHalfCopiedIsRefusedOnceAndTakenWhenItIsComplete() {
        firstServesAndSecondIsThere();
        Path weights = toys.store.folder(SECOND).resolve("switch-2.toy");
        String whole = ToyStore.read(weights);
        ToyStore.write(weights, whole.substring(0, whole.length() / 2));
        toys.host.lookAgain();
        awaitDecided(
                "model switch@2 does not serve (it was installed): the file "
                        + weights
                        + " of model switch@2 is damaged: ");
        awaitLook();
        awaitLook();
        assertThat(said("is damaged")).isOne();
        assertThat(served()).isEqualTo(FIRST);
        ToyStore.write(weights, whole);
        toys.host.lookAgain();
        awaitDecided("model switch@2 serves instead of switch@1 (it was installed)");
    }

    @Test
    void aFileThatIsStillMissingIsWaitedFor() throws Exception {
        firstServesAndSecondIsThere();
        Path weights = toys.store.folder(SECOND).resolve("switch-2.toy");
        Path elsewhere = folder.resolve("elsewhere");
        Files.move(weights, elsewhere);
        toys.host.lookAgain();
        awaitDecided("model switch@2 does not serve (it was installed): the model switch@2 lacks");
        Files.move(elsewhere, weights);
        toys.host.lookAgain();
        awaitDecided("model switch@2 serves instead of switch@1 (it was installed)");
    }

    @Test
    void aVersionThatAGateRefusedIsNotTriedAgainByItselfButByCommand() {
        firstServesAndSecondIsThere();
        boolean[] refusing = {true};
        toys.host.add(
                (next, model) -> {
                    if (refusing[0] && next.id().equals(SECOND)) {
                        throw new GanglionException(Kind.SETUP, "not today");
                    }
                });
        toys.host.lookAgain();
        awaitDecided("model switch@2 does not serve (it was installed): not today");
        awaitLook();
        assertThat(said("not today")).isOne();
        refusing[0] = false;
        replace(SECOND);
        assertThat(served()).isEqualTo(SECOND);
    }

    @Test
    void whatWasRolledBackIsNotTakenAgainByItselfButANewerOneIs() {
        firstServesAndSecondIsThere();
        toys.host.lookAgain();
        awaitServed(SECOND);
        toys.host.rollback("switch");
        awaitLook();
        assertThat(served()).isEqualTo(FIRST);
        version(3);
        toys.host.lookAgain();
        awaitServed(THIRD);
    }

    @Test
    void whatFailedItsProbationIsNotTakenAgainByItself() {
        firstServesAndSecondIsThere();
        toys.host.configure(
                "switch",
                new Deployment("", "", Map.of("strategy", "blue-green", "probationMessages", "1")));
        awaitDecided("serves on probation");
        try (Lease lease = toys.host.lease("switch", "test")) {
            lease.ended(1000, true);
        }
        awaitDecided("switch@2 was rolled back: 1 of its 1 messages failed");
        awaitLook();
        assertThat(served()).isEqualTo(FIRST);
        assertThat(said("serves on probation")).isOne();
    }

    @Test
    void aVersionThatWasThereWhenAnOlderOneWasChosenIsNotTaken() {
        version(1);
        version(2);
        replace(FIRST);
        awaitLook();
        assertThat(served()).isEqualTo(FIRST);
    }

    @Test
    void aVersionThatComesDuringAProbationIsTakenAfterIt() {
        firstServesAndSecondIsThere();
        replace(SECOND, "strategy", "blue-green");
        version(3);
        toys.host.lookAgain();
        awaitLook();
        assertThat(served()).isEqualTo(SECOND);
        toys.host.promote("switch");
        awaitServed(THIRD);
    }

    @Test
    void aVersionThatFindsNoRoomIsTakenWhenTheOneBeforeIsGivenBack() {
        useInstead(new Toys(folder, 0));
        firstServesAndSecondIsThere();
        Lease held = toys.host.lease("switch", "a leaking route");
        replace(SECOND);
        version(3);
        toys.host.lookAgain();
        awaitDecided("model switch@3 does not serve (it was installed): model switch@3 cannot be");
        assertThat(served()).isEqualTo(SECOND);
        held.close();
        awaitServed(THIRD);
    }

    @Test
    void aHostThatClosesDuringALoadFreesWhatWasLoaded() {
        toys.engine.slowGate().open();
        toys.store.slow("slow", "1", 1);
        toys.host.lease("slow", "test").close();
        toys.engine.slowGate().hold();
        toys.store.slow("slow", "2", 1);
        toys.host.lookAgain();
        toys.engine.slowGate().awaitWaiting(1);
        toys.host.close();
        toys.engine.slowGate().open();
        await().atMost(Toys.LIMIT).until(() -> toys.engine.openModels() == 0);
        assertThat(toys.engine.loads()).isEqualTo(2);
    }
}
