namespace Toolkit.Modeling.Data;

/// <summary>Helpers on shapes of examples.</summary>
internal static class Shapes
{
    /// <summary>The number of values a shape holds.</summary>
    public static int Length(ReadOnlySpan<int> shape, string argument)
    {
        long length = 1;
        foreach (int size in shape)
        {
            if (size < 1)
                throw new ArgumentException($"The shape {Text(shape)} has a size of {size}; sizes are at least 1.", argument);
            length *= size;
            if (length > Array.MaxLength)
                throw new ArgumentException($"The shape {Text(shape)} holds more than {Array.MaxLength} values.", argument);
        }

        return (int)length;
    }

    /// <summary>The shape as text: "[28, 28]".</summary>
    public static string Text(ReadOnlySpan<int> shape)
    {
        string[] sizes = new string[shape.Length];
        for (int i = 0; i < shape.Length; i++)
            sizes[i] = shape[i].ToString(System.Globalization.CultureInfo.InvariantCulture);
        return $"[{string.Join(", ", sizes)}]";
    }
}
