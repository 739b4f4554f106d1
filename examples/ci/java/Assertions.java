import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * An example of an application that makes client assertions, without dependencies. What
 * main does belongs into a test: the assertions go into a file, for jwtdoctor to check.
 *
 * <pre>
 * java Assertions.java build && jwtdoctor check --now now --lines --jwks build/jwks.json build/assertions.txt
 * </pre>
 */
public class Assertions {
    static String encode(byte[] data) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(data);
    }

    static String encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    /** BigInteger puts a zero byte in front of a number whose highest bit is set; a JWK must not. */
    static String encode(BigInteger n) {
        byte[] bytes = n.toByteArray();
        return encode(bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    /** Makes a client assertion that lives four minutes. */
    static String assertion(PrivateKey key, String kid, String clientId, String tokenUrl) throws Exception {
        long now = Instant.now().getEpochSecond();
        String header = String.format("{\"alg\":\"RS384\",\"kid\":\"%s\",\"typ\":\"JWT\"}", kid);
        String claims = String.format(
            "{\"iss\":\"%1$s\",\"sub\":\"%1$s\",\"aud\":\"%2$s\",\"iat\":%3$d,\"exp\":%4$d,\"jti\":\"%5$s\"}",
            clientId, tokenUrl, now, now + 240, UUID.randomUUID());
        String text = encode(header) + "." + encode(claims);
        Signature signature = Signature.getInstance("SHA384withRSA");
        signature.initSign(key);
        signature.update(text.getBytes(StandardCharsets.US_ASCII));
        return text + "." + encode(signature.sign());
    }

    public static void main(String[] args) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            made.add(assertion(pair.getPrivate(), "k1", "my-client", "https://api.redoxengine.com/v2/auth/token"));
        }
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        String jwks = String.format(
            "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k1\",\"use\":\"sig\",\"alg\":\"RS384\",\"n\":\"%s\",\"e\":\"%s\"}]}",
            encode(key.getModulus()), encode(key.getPublicExponent()));
        Path directory = Path.of(args[0]);
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("assertions.txt"), String.join("\n", made) + "\n");
        Files.writeString(directory.resolve("jwks.json"), jwks);
    }
}
