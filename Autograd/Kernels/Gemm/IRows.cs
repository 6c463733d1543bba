namespace Toolkit.Autograd.Kernels;

/// <summary>A number of rows as a type argument, so that code for other rows is removed at compile time.</summary>
internal interface IRows
{
    /// <summary>Gets the number.</summary>
    static abstract int Count { get; }
}

/// <summary>Yes or no as a type argument.</summary>
internal interface IFlag
{
    /// <summary>Gets a value indicating whether the flag is set.</summary>
    static abstract bool Value { get; }
}

internal readonly struct Yes : IFlag
{
    public static bool Value => true;
}

internal readonly struct No : IFlag
{
    public static bool Value => false;
}

/// <summary>As <see cref="No"/>, with the rows of the right operand at an equal distance that is not a tile's width.</summary>
internal readonly struct Strided : IFlag
{
    public static bool Value => false;
}

/// <summary>As <see cref="No"/>, with the rows of the right operand at given distances from its start.</summary>
internal readonly struct Shifted : IFlag
{
    public static bool Value => false;
}

/// <summary>As <see cref="No"/>, with one vector of columns instead of two; rows of the right operand are packed two vectors apart all the same.</summary>
internal readonly struct Slim : IFlag
{
    public static bool Value => false;
}

/// <summary><see cref="Slim"/> and <see cref="Shifted"/>.</summary>
internal readonly struct SlimShifted : IFlag
{
    public static bool Value => false;
}

/// <summary>As <see cref="No"/>, with the left operand as it lies in its matrix, not packed.</summary>
internal readonly struct InPlace : IFlag
{
    public static bool Value => false;
}

/// <summary><see cref="Slim"/> and <see cref="InPlace"/>.</summary>
internal readonly struct SlimInPlace : IFlag
{
    public static bool Value => false;
}

/// <summary><see cref="Strided"/> and <see cref="InPlace"/>: both operands as they lie.</summary>
internal readonly struct StridedInPlace : IFlag
{
    public static bool Value => false;
}

internal readonly struct Rows1 : IRows
{
    public static int Count => 1;
}

internal readonly struct Rows2 : IRows
{
    public static int Count => 2;
}

internal readonly struct Rows3 : IRows
{
    public static int Count => 3;
}

internal readonly struct Rows4 : IRows
{
    public static int Count => 4;
}

internal readonly struct Rows5 : IRows
{
    public static int Count => 5;
}

internal readonly struct Rows6 : IRows
{
    public static int Count => 6;
}

internal readonly struct Rows7 : IRows
{
    public static int Count => 7;
}

internal readonly struct Rows8 : IRows
{
    public static int Count => 8;
}

internal readonly struct Rows9 : IRows
{
    public static int Count => 9;
}

internal readonly struct Rows10 : IRows
{
    public static int Count => 10;
}

internal readonly struct Rows11 : IRows
{
    public static int Count => 11;
}

internal readonly struct Rows12 : IRows
{
    public static int Count => 12;
}
