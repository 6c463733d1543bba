using System.Globalization;

namespace Toolkit.Conformance.Files;

/// <summary>How files are tried.</summary>
/// <param name="Paths">The files, folders and packages.</param>
internal sealed record FileSettings(IReadOnlyList<string> Paths)
{
    /// <summary>The threads of both engines.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The seconds for which each engine is timed; 0 for no timing.</summary>
    public double Seconds { get; init; } = 2;

    /// <summary>The rows of a batch, where the file leaves their number open.</summary>
    public int Rows { get; init; } = 4;

    /// <summary>Reads a command line.</summary>
    /// <param name="args">Paths and switches.</param>
    /// <param name="error">What is wrong.</param>
    public static FileSettings? Of(IReadOnlyList<string> args, out string error)
    {
        var settings = new FileSettings([.. args.TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal))]);
        error = string.Empty;
        for (int i = settings.Paths.Count; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count || !double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out double number) || With(settings, args[i], number) is not { } more)
            {
                error = $"Expected files PATH... [--threads N] [--seconds S] [--rows N], found \"{string.Join(' ', args.Skip(i).Take(2))}\".";
                return null;
            }

            settings = more;
        }

        return settings;
    }

    private static FileSettings? With(FileSettings settings, string name, double number) => name switch
    {
        "--threads" when number >= 1 => settings with { Threads = (int)number },
        "--seconds" when number >= 0 => settings with { Seconds = number },
        "--rows" when number >= 1 => settings with { Rows = (int)number },
        _ => null,
    };
}
