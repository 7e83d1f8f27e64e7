package dev.ganglion.tokenizer.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.encode.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the library comes from is decided once per process, so each case has a process. */
class NativeLibraryTest {
    private static final String LIBRARY = System.mapLibraryName("tokenizers");

    private static Path unpacked;

    @TempDir Path folder;

    /** Opens a vocabulary and says how it went. */
    static final class Child {
        public static void main(String[] arguments) {
            try (Vocabulary vocabulary = new HuggingFaceTokenizer().open(Path.of(arguments[0]))) {
                System.out.println("opened " + vocabulary.size());
            } catch (GanglionException e) {
                System.out.println(e.kind() + " " + e.getMessage());
            }
        }
    }

    @BeforeAll
    static void unpack() throws IOException {
        new HuggingFaceTokenizer()
                .open(HuggingFaceTokenizerTest.resource("unigram-tokenizer.json"))
                .close();
        Path natives = Path.of(System.getProperty("ganglion.var"), "natives");
        try (Stream<Path> files = Files.walk(natives)) {
            unpacked = files.filter(file -> file.endsWith(LIBRARY)).findFirst().orElseThrow();
        }
    }

    private String child(Map<String, String> environment, String... properties)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Duser.home=" + Files.createDirectories(folder.resolve("home")));
        command.add("-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")));
        command.addAll(List.of(properties));
        command.add("-cp");
        command.add(
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(Child.class.getName());
        command.add(HuggingFaceTokenizerTest.resource("unigram-tokenizer.json").toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("OPT_OUT_TRACKING");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(files("home")).as("what lies in the home folder").isEmpty();
        return said;
    }

    private List<String> files(String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(name))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    @Test
    void withNoSettingsNothingStaysBehind() throws Exception {
        assertThat(child(Map.of())).contains("opened 37");
        assertThat(files("tmp")).doesNotContain(LIBRARY);
    }

    @Test
    void theVarFolderKeepsTheLibraryForTheNextStart() throws Exception {
        Path var = folder.resolve("var");
        assertThat(child(Map.of(), "-Dganglion.var=" + var)).contains("opened 37");
        assertThat(files("var")).containsExactly(LIBRARY);
    }

    @Test
    void theNativesOfTheImageAreOpenedInPlace() throws Exception {
        String arch = System.getProperty("os.arch").replace("amd64", "x86_64");
        Path natives = folder.resolve("natives");
        Path place = Files.createDirectories(natives.resolve("linux-" + arch + "/tokenizers"));
        Files.copy(unpacked, place.resolve(LIBRARY));
        Path var = Files.createDirectories(folder.resolve("var"));
        String said = child(Map.of(), "-Dganglion.natives=" + natives, "-Dganglion.var=" + var);
        assertThat(said).contains("opened 37");
        assertThat(files("var")).isEmpty();
        assertThat(files("tmp")).doesNotContain(LIBRARY);
    }

    @Test
    void djlsOwnSettingsWin() throws Exception {
        Path cache = folder.resolve("cache");
        Path var = Files.createDirectories(folder.resolve("var"));
        assertThat(child(Map.of("DJL_CACHE_DIR", cache.toString()), "-Dganglion.var=" + var))
                .contains("opened 37");
        assertThat(files("cache")).containsExactly(LIBRARY);
        assertThat(files("var")).isEmpty();
    }

    @Test
    void aLibraryThatIsNoneIsRefusedInOneSentence() throws Exception {
        Path broken = Files.writeString(folder.resolve(LIBRARY), "no library");
        String said = child(Map.of("RUST_LIBRARY_PATH", broken.toString()));
        assertThat(said)
                .contains("SETUP Hugging Face's tokenizers cannot be loaded")
                .contains("linux-");
        assertThat(said).doesNotContain("\tat ");
    }

    @ParameterizedTest
    @CsvSource({"OPT_OUT_TRACKING", "DJL_OFFLINE"})
    void anEnvironmentThatAllowsTheNetworkIsRefused(String variable) throws Exception {
        assertThat(child(Map.of(variable, "false")))
                .contains("SETUP Hugging Face's tokenizers are not loaded")
                .contains(variable + "=true");
    }

    @ParameterizedTest
    @CsvSource({"OPT_OUT_TRACKING", "ai.djl.offline"})
    void aPropertyThatAllowsTheNetworkIsRefused(String property) throws Exception {
        assertThat(child(Map.of(), "-D" + property + "=false"))
                .contains("SETUP Hugging Face's tokenizers are not loaded")
                .contains(property + "=true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "", "yes", "0"})
    void anythingButTrueIsRefused(String value) {
        assertThatThrownBy(() -> NativeLibrary.refuseFalse("X", value))
                .isInstanceOf(GanglionException.class)
                .hasMessageContaining("'" + value + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE"})
    void trueIsTaken(String value) {
        assertThatCode(() -> NativeLibrary.refuseFalse("X", value)).doesNotThrowAnyException();
        assertThatCode(() -> NativeLibrary.refuseFalse("X", null)).doesNotThrowAnyException();
    }
}
