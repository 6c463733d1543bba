namespace Toolkit.Autograd.Schema;

/// <summary>How many arguments a node of an operator may have.</summary>
/// <param name="Minimum">The smallest number.</param>
/// <param name="Maximum">The largest number; <see cref="int.MaxValue"/> where there is no bound.</param>
public readonly record struct ArgumentCount(int Minimum, int Maximum)
{
    /// <summary>The count that arguments allow: up to the last one that must stand there, and all of them.</summary>
    /// <param name="arguments">The arguments of a schema.</param>
    public static ArgumentCount Of(IReadOnlyList<SchemaArgument> arguments)
    {
        if (arguments.Count > 0 && arguments[^1].IsVariadic)
            return new ArgumentCount(arguments.Count - 1 + arguments[^1].Least, int.MaxValue);
        int minimum = arguments.Count;
        while (minimum > 0 && arguments[minimum - 1].IsOptional)
            minimum--;
        return new ArgumentCount(minimum, arguments.Count);
    }

    /// <summary>Whether a number of arguments is allowed.</summary>
    /// <param name="count">The number.</param>
    public bool Allows(int count) => count >= Minimum && count <= Maximum;

    /// <inheritdoc/>
    public override string ToString() => (Minimum == Maximum, Maximum) switch
    {
        (true, _) => $"{Minimum}",
        (_, int.MaxValue) => $"at least {Minimum}",
        _ => $"{Minimum} to {Maximum}",
    };
}
