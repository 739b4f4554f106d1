// An example of an application that makes client assertions, without dependencies. What
// this program does belongs into a test: the assertions go into a file, for jwtdoctor.
//
//   dotnet run -- build && jwtdoctor check --now now --lines --jwks build/jwks.json build/assertions.txt
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using var key = RSA.Create(2048);
var made = Enumerable.Range(0, 3)
    .Select(_ => Assertion(key, "k1", "my-client", "https://api.redoxengine.com/v2/auth/token"));
var pub = key.ExportParameters(false);
var jwks = new
{
    keys = new[] { new { kty = "RSA", kid = "k1", use = "sig", alg = "RS384", n = Encode(pub.Modulus!), e = Encode(pub.Exponent!) } },
};
Directory.CreateDirectory(args[0]);
File.WriteAllText(Path.Combine(args[0], "assertions.txt"), string.Join("\n", made) + "\n");
File.WriteAllText(Path.Combine(args[0], "jwks.json"), JsonSerializer.Serialize(jwks));

static string Encode(byte[] data) => Convert.ToBase64String(data).TrimEnd('=').Replace('+', '-').Replace('/', '_');

// Makes a client assertion that lives four minutes.
static string Assertion(RSA key, string kid, string clientId, string tokenUrl)
{
    var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    var header = JsonSerializer.SerializeToUtf8Bytes(new { alg = "RS384", kid, typ = "JWT" });
    var claims = JsonSerializer.SerializeToUtf8Bytes(new
    {
        iss = clientId, sub = clientId, aud = tokenUrl, iat = now, exp = now + 240, jti = Guid.NewGuid().ToString(),
    });
    var text = Encode(header) + "." + Encode(claims);
    var signature = key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1);
    return text + "." + Encode(signature);
}
