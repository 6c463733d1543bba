using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.Tool.Scoring;

/// <summary>Rows that are scored: they fill the inputs of a model.</summary>
internal abstract class ScoringRows
{
    public abstract int Count { get; }

    /// <summary>The inputs of a model for some of the rows, one after the other.</summary>
    public abstract Value[] Inputs(OnnxSession session, int start, int count);

    /// <summary>A pixel from 0 to 1 as an input takes it: an input of integers takes the byte that it was.</summary>
    protected static float Pixel(TensorDescription input, float pixel) => input.Type.DType.IsInteger() ? MathF.Round(pixel * 255) : pixel;

    /// <summary>An input of [rows, …] with so many numbers for each row.</summary>
    /// <exception cref="DataException">The input takes integers or truth values, and a number is none of its type.</exception>
    protected static Value Fill(TensorDescription input, int rows, int width, Func<int, int, float> number)
    {
        var value = Value.Zeros(input.Type.DType, Sizes(input, rows, width));
        bool isWhole = input.Type.DType.IsInteger() || input.Type.DType == DType.Bool;
        for (int i = 0; i < value.Count; i++)
        {
            float given = number(i / width, i % width);
            value[i] = given;
            if (isWhole && value[i] != given)
                throw new DataException($"Expected numbers that {input} can hold, found {given} as number {(i % width) + 1} of a row.");
        }

        return value;
    }

    /// <summary>An input of a text for each row.</summary>
    protected static Value Fill(TensorDescription input, ReadOnlySpan<string> texts) => Value.Of(texts, Sizes(input, texts.Length, 1));

    private static int[] Sizes(TensorDescription input, int rows, int width)
    {
        Dim[] inner = [.. input.Shape.Skip(1)];
        int known = inner.Where(dim => dim.IsStatic).Aggregate(1, (product, dim) => product * dim.Size), open = inner.Count(dim => !dim.IsStatic);
        return input.Shape.Rank > 0 && (open == 0 ? known == width : open == 1 && width % known == 0)
            ? [rows, .. inner.Select(dim => dim.IsStatic ? dim.Size : width / known)]
            : throw new DataException($"Expected an input that takes {width} {(input.Type.DType == DType.String ? "texts" : "numbers")} of each row, found {input}.");
    }
}
