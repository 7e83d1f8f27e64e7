package dev.ganglion.runtime;

import static dev.ganglion.runtime.Toys.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.model.ModelCard;
import dev.ganglion.runtime.model.ModelStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
    private static final ModelId FIRST = new ModelId("switch", "1");

    @TempDir Path folder;
    private ToyStore toys;
    private ModelStore store;

    @BeforeEach
    void store() {
        toys = new ToyStore(folder);
        store = new ModelStore(folder);
    }

    private ModelId write(String version) {
        return toys.linear("switch", version, "", new float[] {1, 2});
    }

    @Test
    void versionsAreOrderedByTheirNumbers() {
        List<String> versions =
                List.of("1", "1.0", "1.2", "1.2-rc", "1.10", "1.rc", "2", "10", "1a");
        versions.forEach(this::write);
        assertThat(store.list()).extracting(ModelId::version).isEqualTo(versions);
        assertThat(store.newest("switch")).isEqualTo(new ModelId("switch", "1a"));
    }

    @Test
    void numbersComeBeforeWordsWhateverTheWordsBeginWith() {
        List.of("10", "1a", "2").forEach(this::write);
        assertThat(store.list()).extracting(ModelId::version).containsExactly("2", "10", "1a");
    }

    @Test
    void numbersThatAreLongerThanALongAreNumbers() {
        write("20250101000000000000");
        write("3");
        assertThat(store.newest("switch").version()).isEqualTo("20250101000000000000");
    }

    @Test
    void modelsAreOrderedByName() {
        toys.recurrent("level", "1", 0.5f);
        write("2");
        write("10");
        assertThat(store.list())
                .extracting(ModelId::toString)
                .containsExactly("level@1", "switch@2", "switch@10");
        assertThat(store.existing()).isEqualTo("there are: level, switch");
        assertThat(store.newest("lamp")).isNull();
    }

    @Test
    void whatCannotBeAModelIsPassedOver() throws IOException {
        write("1");
        Files.createDirectories(folder.resolve("switch/not a version"));
        Files.createDirectories(folder.resolve("switch/.incoming"));
        Files.createDirectories(folder.resolve(".hidden/1"));
        Files.writeString(folder.resolve("readme.txt"), "");
        Files.writeString(folder.resolve("switch/notes"), "");
        assertThat(store.list()).containsExactly(FIRST);
    }

    @Test
    void aFolderThatDoesNotExistHasNoModels() {
        Path none = folder.resolve("none").toAbsolutePath();
        ModelStore empty = new ModelStore(none);
        assertThat(empty.list()).isEmpty();
        assertThat(empty.existing()).isEqualTo("there is none in " + none);
        assertThat(refused(Kind.SETUP, () -> empty.card(FIRST)))
                .hasMessage("there is no model switch@1 in " + none + "; there is none in " + none);
    }

    @Test
    void anUnknownVersionIsRefusedWithThoseThatExist() {
        write("2");
        write("10");
        assertThat(refused(Kind.SETUP, () -> store.card(FIRST)))
                .hasMessage(
                        "there is no model switch@1 in "
                                + store.folder()
                                + "; its versions are: 2, 10");
    }

    @Test
    void aWholePackageIsVerified() {
        ModelCard card = store.verified(write("1"));
        assertThat(card.source().id()).isEqualTo(FIRST);
        assertThat(card.source().weightsFile()).hasFileName("switch-1.toy").exists();
        assertThat(card.licence()).isEqualTo("Apache-2.0");
    }

    @Test
    void aMissingFileIsRefused() throws IOException {
        write("1");
        Path weights = toys.folder(FIRST).resolve("switch-1.toy");
        Files.delete(weights);
        assertThat(refused(Kind.SETUP, () -> store.verified(FIRST)))
                .hasMessage(
                        "the model switch@1 lacks its file "
                                + weights.toAbsolutePath()
                                + ", which its card lists; install the model again");
        assertThat(store.card(FIRST).source().id()).as("the card alone").isEqualTo(FIRST);
    }

    @Test
    void aWrongChecksumIsRefused() {
        write("1");
        Path weights = toys.folder(FIRST).resolve("switch-1.toy");
        String found = ToyStore.sha256(weights);
        String expected = "0".repeat(64);
        toys.edit(FIRST, found, expected);
        assertThat(refused(Kind.SETUP, () -> store.verified(FIRST)))
                .hasMessage(
                        "the file "
                                + weights.toAbsolutePath()
                                + " of model switch@1 is damaged: SHA-256 "
                                + expected
                                + " expected, "
                                + found
                                + " found; install the model again");
    }
}
