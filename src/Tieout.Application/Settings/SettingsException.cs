namespace Tieout.Application.Settings;

/// <summary>A settings file that cannot be used. The message names file, line and key, and says what is allowed there.</summary>
public sealed class SettingsException : Exception
{
    /// <summary>For a place in a file; <paramref name="key"/> may be empty.</summary>
    public SettingsException(string file, long line, string key, string problem)
        : base(key.Length == 0 ? $"{file}, line {line}: {problem}" : $"{file}, line {line}, {key}: {problem}") { }

    /// <summary>For a file as a whole.</summary>
    public SettingsException(string message) : base(message) { }

    /// <summary>For a file as a whole, with what caused it.</summary>
    public SettingsException(string message, Exception inner) : base(message, inner) { }

    /// <summary>For serializers only.</summary>
    public SettingsException() { }
}
