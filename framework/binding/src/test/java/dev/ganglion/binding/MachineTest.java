package dev.ganglion.binding;

import static dev.ganglion.binding.Fixtures.assertSetup;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class MachineTest {
    private static final String WHO = "the native library x";

    private static Machine machine(String libc, String version, String... features) {
        return new Machine("linux", "x86_64", libc, version, Set.of(features));
    }

    @Test
    void thisMachineIsKnown() {
        Machine here = Machine.here();
        assertThat(here.platform()).matches("linux-(x86_64|aarch64)");
        assertThat(here.libc()).isEqualTo("glibc");
        assertThat(here.libcVersion()).matches("2\\.\\d+");
        assertThat(here.features()).containsAnyOf("sse2", "asimd");
        here.require(WHO, "2.17", Set.of());
    }

    @Test
    void whatIsThereIsNotRefused() {
        machine("glibc", "2.34", "sse2", "avx2").require(WHO, "2.34", Set.of("avx2", "sse2"));
        machine("glibc", "2.100", "avx2").require(WHO, "2.34", Set.of());
        machine("glibc", "3.0").require(WHO, "2.34", Set.of());
    }

    @Test
    void whatIsNotKnownIsNotRefused() {
        machine("unknown", "").require(WHO, "2.34", Set.of("avx2"));
        machine("glibc", "", "avx2").require(WHO, "2.34", Set.of("avx2"));
    }

    @Test
    void anOlderLibcIsRefusedWithBothVersions() {
        for (String older : new String[] {"2.9", "2.31", "2.33", "1.99"}) {
            assertSetup(() -> machine("glibc", older, "avx2").require(WHO, "2.34", Set.of()))
                    .hasMessageStartingWith("the native library x cannot run here on linux-x86_64")
                    .hasMessageContaining(
                            "expected glibc 2.34 or newer, found glibc " + older + ";");
        }
    }

    @Test
    void muslIsRefused() {
        assertSetup(() -> machine("musl", "").require(WHO, "2.34", Set.of()))
                .hasMessageContaining("expected glibc 2.34 or newer, found musl;");
    }

    @Test
    void aMissingInstructionIsRefusedWithWhatIsNeededAndWhatIsThere() {
        assertSetup(
                        () ->
                                machine("glibc", "2.36", "sse4_2", "sse2")
                                        .require(WHO, "2.34", Set.of("sse2", "fma", "avx2")))
                .hasMessageContaining("expected a processor with avx2, fma, sse2")
                .hasMessageContaining("found one without avx2, fma (it has: sse2, sse4_2)");
    }

    @Test
    void theListOfInstructionsIsReadAsBothProcessorsWriteIt() {
        assertThat(
                        Machine.features(
                                "processor\t: 0\nmodel name\t: any\nflags\t\t: fpu sse2 avx2\n\n"
                                        + "processor\t: 1\nflags\t\t: fpu\n"))
                .containsExactlyInAnyOrder("fpu", "sse2", "avx2");
        assertThat(
                        Machine.features(
                                "processor\t: 0\nFeatures\t: fp asimd crc32\nCPU part\t: 0xd03\n"))
                .containsExactlyInAnyOrder("fp", "asimd", "crc32");
        assertThat(Machine.features("")).isEmpty();
        assertThat(Machine.features("model name : flags\n")).isEmpty();
    }

    @Test
    void theLibcIsTheOneThatIsMapped() {
        assertThat(Machine.libc("7f-80 r-xp 0 0 0   /usr/lib/x86_64-linux-gnu/libc.so.6\n"))
                .isEqualTo("glibc");
        assertThat(Machine.libc("7f-80 r-xp 0 0 0   /lib/x86_64-linux-gnu/libc-2.31.so\n"))
                .isEqualTo("glibc");
        assertThat(Machine.libc("7f-80 r-xp 0 0 0   /lib/ld-musl-x86_64.so.1\n")).isEqualTo("musl");
        assertThat(Machine.libc("")).isEqualTo("unknown");
    }
}
