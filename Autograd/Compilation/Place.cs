using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation;

/// <summary>What a place of a program holds.</summary>
internal enum PlaceKind
{
    /// <summary>A value that a run's caller provides; the source is its position.</summary>
    Input,

    /// <summary>A constant, or the memory of a parameter.</summary>
    Fixed,

    /// <summary>A value that follows from the sizes.</summary>
    Early,

    /// <summary>A result in the arena; the source is its buffer.</summary>
    Buffer,

    /// <summary>The memory of another place, the source, under other sizes.</summary>
    View,
}

/// <summary>Where one value of a program lies.</summary>
/// <param name="Kind">What the place holds.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The position of its shape among the program's.</param>
/// <param name="Source">See <see cref="PlaceKind"/>.</param>
/// <param name="Value">What lies at a fixed place; null elsewhere.</param>
internal readonly record struct Place(PlaceKind Kind, DType Type, int Shape, int Source, Value? Value);

/// <summary>A new value that is copied into its parameter after all steps.</summary>
internal sealed record Commit(int NewValue, Parameter Parameter);

/// <summary>A node that is computed when the sizes are known: the places of its inputs (−1 where one is left out) and results.</summary>
internal sealed record EarlyNode(Node Node, int[] Inputs, int[] Outputs);

/// <summary>A value that a run's caller provides, as one argument of one step.</summary>
internal sealed record InputArgument(int Step, int Index, int Input);

/// <summary>An output that the steps may write straight into the caller's memory.</summary>
/// <param name="Output">Its position.</param>
/// <param name="Place">Its place, which no view, no other output and no parameter shares.</param>
/// <param name="Writer">The step that writes it, and at which position.</param>
/// <param name="Readers">The steps that read it, and at which positions.</param>
internal sealed record DirectOutput(int Output, int Place, (int Step, int Index) Writer, (int Step, int Index)[] Readers);
