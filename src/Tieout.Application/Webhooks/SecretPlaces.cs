using Tieout.Domain.Subscriptions;
using Tieout.Domain.Webhooks;

namespace Tieout.Application.Webhooks;

/// <summary>Fetches secrets from where endpoints point. What is there and is no secret of ours is as good as nothing: nobody learns what it is.</summary>
internal static class SecretPlaces
{
    private const int BytesMost = 1024;
    private const int PlaceMost = 400;

    /// <summary>The secret, or null when there is none that can be read.</summary>
    public static WebhookSecret? Read(string kind, string place)
    {
        var text = kind == "env" ? Environment.GetEnvironmentVariable(place) : FileText(place);
        return WebhookSecret.TryParse(text, out var secret) ? secret : null;
    }

    /// <summary>Reads where a secret is said to be; remembers what is wrong with it under <c>secret</c>.</summary>
    public static (string Kind, string Place) Read(SecretPlace? place, RequestReader reader)
    {
        var (env, file) = (place?.Env?.Trim() ?? "", place?.File?.Trim() ?? "");
        if (env.Length == 0 == (file.Length == 0))
            reader.Wrong("secret", "Give either env, the name of an environment variable, or file, the whole path of a file; never the secret itself.");
        else if (env.StartsWith(WebhookSecret.Prefix, StringComparison.Ordinal) || file.StartsWith(WebhookSecret.Prefix, StringComparison.Ordinal))
            reader.Wrong("secret", "This is a secret, not where one is; it was not kept. Make another, and give the variable or file that holds it.");
        else if (env.Length > 0 && (env.Length > PlaceMost || char.IsAsciiDigit(env[0]) || !env.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')))
            reader.Wrong("secret", "The name of an environment variable has letters, digits and underscores.");
        else if (file.Length > 0 && (file.Length > PlaceMost || !Path.IsPathFullyQualified(file) || file.Any(char.IsControl)))
            reader.Wrong("secret", "The whole path of a file is needed, from the root, such as /run/secrets/tieout-webhook.");
        return env.Length > 0 ? ("env", env) : ("file", file);
    }

    private static string? FileText(string path)
    {
        try
        {
            // A pipe or a device has no length, and is not waited for.
            if (new FileInfo(path) is not { Exists: true, Length: > 0 and <= BytesMost }) return null;
            return File.ReadAllText(path);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
