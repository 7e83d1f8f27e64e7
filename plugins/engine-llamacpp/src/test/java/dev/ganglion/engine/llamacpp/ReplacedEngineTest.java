package dev.ganglion.engine.llamacpp;

import static dev.ganglion.engine.llamacpp.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.binding.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine's classes are let go when their bundle is replaced; llama.cpp stays. */
class ReplacedEngineTest {
    private static final int[] PROMPT = {1, 3, 490, 340, 277, 759, 377, 4};

    @TempDir Path folder;

    @BeforeAll
    static void nativesAreThere() {
        Fixtures.assumeNatives();
    }

    /** The classes of the engine once more, as those of a newer bundle are. */
    private static final class Bundle extends ClassLoader {
        private static final String PACKAGE = LlamaCppEngine.class.getPackageName() + ".";

        Bundle() {
            super(Bundle.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(PACKAGE)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> present = findLoadedClass(name);
                return present != null ? present : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private static Model load(Engine engine) {
        ModelPackage source = Fixtures.homeLm();
        return engine.load(
                source, Options.of("tiny@1", engine.options(), source.options(), source.folder()));
    }

    private static WeakReference<ClassLoader> afterUseOf(Consumer<Engine> use) throws Exception {
        ClassLoader bundle = new Bundle();
        Class<?> type = bundle.loadClass(LlamaCppEngine.class.getName());
        Object engine = type.getConstructor().newInstance();
        assertThat(type).isNotSameAs(LlamaCppEngine.class);
        use.accept((Engine) engine);
        Method deactivate = type.getDeclaredMethod("deactivate");
        deactivate.setAccessible(true);
        deactivate.invoke(engine);
        return new WeakReference<>(bundle);
    }

    private static boolean isLetGo(WeakReference<ClassLoader> bundle) {
        long begun = System.nanoTime();
        while (bundle.get() != null && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(30)) {
            System.gc();
        }
        return bundle.get() == null;
    }

    @Test
    void theClassesOfAReplacedBundleAreLetGo() throws Exception {
        LlamaLibrary.silence();
        WeakReference<ClassLoader> bundle =
                afterUseOf(
                        engine -> {
                            try (Model model = load(engine);
                                    TokenSession session = (TokenSession) model.open()) {
                                Fixtures.greedy(session, PROMPT, 2);
                            }
                        });
        assertThat(isLetGo(bundle)).isTrue();
    }

    @Test
    void modelsGoOnAfterTheEngineWasDeactivatedAndReasonsAreHeardWhenItIsUsedAgain()
            throws IOException {
        LlamaCppEngine engine = new LlamaCppEngine();
        int[] expected;
        try (Model model = load(engine);
                TokenSession session = (TokenSession) model.open()) {
            expected = Fixtures.greedy(session, PROMPT, 5);
            engine.deactivate();
            engine.deactivate();
            // Opening tells the log a lot.
            try (TokenSession later = (TokenSession) model.open()) {
                assertThat(Fixtures.greedy(later, PROMPT, 5)).containsExactly(expected);
            }
        }
        byte[] bytes = Files.readAllBytes(TinyGguf.bert().writeTo(folder.resolve("whole.gguf")));
        String damaged = new String(bytes, StandardCharsets.ISO_8859_1);
        Path file = folder.resolve("damaged.gguf").toAbsolutePath();
        Files.writeString(
                file,
                damaged.replace("attn_output_norm", "attn_output_nerm"),
                StandardCharsets.ISO_8859_1);
        assertSetup(() -> Fixtures.load(Fixtures.packageOf(file)))
                .hasMessageContaining("tensor 'blk.0.attn_output_norm.weight' not found");
    }

    @Test
    void aBundleWhoseLibraryWasRefusedIsLetGoToo() throws Exception {
        load(Fixtures.ENGINE).close();
        Path whole = Fixtures.mapped("libggml-base.so").getParent();
        Path own = folder.resolve(Machine.here().platform()).resolve("llamacpp");
        Files.createDirectories(own);
        Files.writeString(own.resolve("CONTENT"), "");
        try (Stream<Path> files = Files.list(whole)) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().startsWith("libggml-cpu")) {
                    Files.copy(file, own.resolve(file.getFileName()));
                }
            }
        }
        Process child =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dganglion.root=" + System.getProperty("ganglion.root"),
                                "-Dganglion.natives=" + folder,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(child.getInputStream().readAllBytes());
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said)
                .contains("llama.cpp found no kernels for this processor in " + own.toRealPath())
                .contains("let go: true");
    }

    /** A process that has no llama.cpp yet, and natives without kernels. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            // JNA's own thread holds for a while who called it first.
            Machine.here();
            WeakReference<ClassLoader> bundle = afterUseOf(Child::refused);
            System.out.println("let go: " + isLetGo(bundle));
        }

        private static void refused(Engine engine) {
            try {
                load(engine).close();
            } catch (GanglionException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
