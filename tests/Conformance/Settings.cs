namespace Toolkit.Conformance;

/// <summary>What the command line asks for.</summary>
/// <param name="Folder">The folder below which the cases lie.</param>
internal sealed record Settings(string Folder)
{
    /// <summary>Whether our own engine runs the cases.</summary>
    public bool Native { get; init; } = true;

    /// <summary>Whether ONNX Runtime runs the cases.</summary>
    public bool Runtime { get; init; } = true;

    /// <summary>Whether gradients are compared with differences.</summary>
    public bool Gradients { get; init; }

    /// <summary>The file that receives a line for each failure; null for none.</summary>
    public string? Failures { get; init; }

    /// <summary>The file that receives what passed for each operator; null for none.</summary>
    public string? Passed { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <param name="args">The folder, then switches.</param>
    /// <param name="error">What is wrong.</param>
    public static Settings? Of(IReadOnlyList<string> args, out string error)
    {
        var settings = new Settings(args[0]);
        error = string.Empty;
        for (int i = 1; i < args.Count; i++)
        {
            string value = i + 1 < args.Count ? args[i + 1] : string.Empty;
            switch (args[i])
            {
                case "--gradients":
                    settings = settings with { Gradients = true };
                    continue;
                case "--failures" when value.Length > 0:
                    settings = settings with { Failures = value };
                    break;
                case "--passed" when value.Length > 0:
                    settings = settings with { Passed = value };
                    break;
                case "--engine" when value is "native" or "ort" or "both":
                    settings = settings with { Native = value != "ort", Runtime = value != "native" };
                    break;
                default:
                    error = $"Expected DIR [--engine native|ort|both] [--failures FILE] [--passed FILE] [--gradients], found \"{args[i]} {value}\".";
                    return null;
            }

            i++;
        }

        return settings;
    }
}
