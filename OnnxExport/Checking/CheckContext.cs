using System.Runtime.CompilerServices;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Checking;

/// <summary>What the rules share: the model's versions and functions, where we are, and the problems found so far.</summary>
internal sealed record CheckContext
{
    /// <summary>The newest version of the format that the check knows.</summary>
    public const long NewestIrVersion = (long)Format.Version.IrVersion;

    public required ProblemList Problems { get; init; }

    public required long IrVersion { get; init; }

    /// <summary>The version of each imported operator set; the standard domain is the empty string.</summary>
    public required IReadOnlyDictionary<string, long> Imports { get; init; }

    public required IReadOnlyDictionary<FunctionKey, FunctionProto> Functions { get; init; }

    /// <summary>The folder of the model file, where external data lie; null if the model has no file.</summary>
    public required string? Folder { get; init; }

    /// <summary>The attributes of the function whose body is checked, if it is one.</summary>
    public IReadOnlySet<string>? FunctionAttributes { get; init; }

    /// <summary>Whether types of inputs and outputs may be missing, as in graphs inside nodes.</summary>
    public bool IsSubgraph { get; init; }

    /// <summary>The graphs and nodes around what is checked.</summary>
    public string Path { get; init; } = string.Empty;

    public CheckContext Inside(string name) => this with { Path = Locate(Excerpt.Of(name)) };

    public void Error(CheckRule rule, string location, string message) => Add(rule, location, message, ProblemSeverity.Error);

    public void Error(CheckRule rule, string location, [InterpolatedStringHandlerArgument("")] ref ProblemText message) =>
        Add(rule, location, message.ToString(), ProblemSeverity.Error);

    public void Warning(CheckRule rule, string location, string message) => Add(rule, location, message, ProblemSeverity.Warning);

    public void Warning(CheckRule rule, string location, [InterpolatedStringHandlerArgument("")] ref ProblemText message) =>
        Add(rule, location, message.ToString(), ProblemSeverity.Warning);

    /// <summary>The name under which an operator set is known: "ai.onnx" is another name of the standard domain.</summary>
    public static string Normalize(string domain) => domain == "ai.onnx" ? string.Empty : domain;

    /// <summary>The name of an operator set for readers: "ai.onnx" for the standard domain.</summary>
    public static string NameOf(string domain) => domain.Length == 0 ? "ai.onnx" : domain;

    private void Add(CheckRule rule, string location, string message, ProblemSeverity severity) =>
        Problems.Add(rule, Problems.HasRoom ? Locate(Excerpt.Of(location)) : string.Empty, message, severity);

    private string Locate(string location) => (Path.Length, location.Length) switch
    {
        (0, _) => location,
        (_, 0) => Path,
        _ => $"{Path}/{location}",
    };
}

/// <summary>What identifies a function.</summary>
internal readonly record struct FunctionKey(string Domain, string Name, string Overload)
{
    public static FunctionKey Of(FunctionProto function) =>
        new(CheckContext.Normalize(function.Domain), function.Name, function.Overload);

    public static FunctionKey Of(NodeProto node) => new(CheckContext.Normalize(node.Domain), node.OpType, node.Overload);

    public override string ToString() => string.Join('.', new[] { Domain, Name, Overload }.Where(p => p.Length > 0));
}

/// <summary>The names that are visible in a graph: its own and those of the graphs around it.</summary>
internal sealed class NameScope(NameScope? outer)
{
    private readonly HashSet<string> own = new(StringComparer.Ordinal);

    /// <summary>Whether this graph itself defines a name.</summary>
    public bool Defines(string name) => own.Contains(name);

    /// <summary>Whether a name is defined here or in a graph around.</summary>
    public bool Sees(string name) => Defines(name) || (outer?.Sees(name) ?? false);

    /// <summary>Defines a name; false if this graph has it already.</summary>
    public bool Add(string name) => own.Add(name);
}
