package dev.ganglion.runtime.act;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A PIN that can be recognised and not read: {@code pbkdf2-sha256:<iterations>:<salt>:<hash>}, the
 * last two in hexadecimal. Immutable.
 */
final class PinHash {
    private static final String KIND = "pbkdf2-sha256";
    private static final int LEAST_ITERATIONS = 10_000;
    private static final int MOST_ITERATIONS = 10_000_000;
    private static final int LEAST_BYTES = 16;

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private PinHash(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    /**
     * Reads what {@code ganglion confirm --hash} printed.
     *
     * @throws IllegalArgumentException when it is something else
     */
    static PinHash parse(String written) {
        String[] parts = written.strip().split(":");
        if (parts.length != 4 || !parts[0].equals(KIND)) {
            throw new IllegalArgumentException("not of the kind " + KIND);
        }
        int iterations = Integer.parseInt(parts[1]);
        byte[] salt = HexFormat.of().parseHex(parts[2]);
        byte[] hash = HexFormat.of().parseHex(parts[3]);
        if (iterations < LEAST_ITERATIONS
                || iterations > MOST_ITERATIONS
                || salt.length < LEAST_BYTES
                || hash.length < LEAST_BYTES) {
            throw new IllegalArgumentException("too few iterations or bytes, or too many");
        }
        return new PinHash(iterations, salt, hash);
    }

    /** Whether this is the PIN; takes some tenths of a second on purpose. */
    boolean matches(String pin) {
        PBEKeySpec key = new PBEKeySpec(pin.toCharArray(), salt, iterations, hash.length * 8);
        try {
            return MessageDigest.isEqual(
                    hash,
                    SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(key)
                            .getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no PBKDF2WithHmacSHA256", e);
        } finally {
            key.clearPassword();
        }
    }

    @Override
    public String toString() {
        return KIND;
    }
}
