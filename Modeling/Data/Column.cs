using Toolkit.Autograd.Tensors;

namespace Toolkit.Modeling.Data;

/// <summary>A field of all examples of a <see cref="Dataset"/>, in memory.</summary>
public abstract class Column
{
    private protected Column(Field field, int count)
    {
        Field = field;
        Count = count;
    }

    /// <summary>What the field of one example looks like.</summary>
    public Field Field { get; }

    /// <summary>The number of examples.</summary>
    public int Count { get; }

    /// <summary>The texts that the numbers of the column stand for, in their order; null if it holds numbers.</summary>
    public IReadOnlyList<string>? Names { get; private protected init; }

    /// <summary>A column of numbers of one shape for every example. The array is taken over, not copied.</summary>
    /// <typeparam name="T">The C# type of the numbers.</typeparam>
    /// <param name="name">The name of the field.</param>
    /// <param name="content">The numbers, example after example.</param>
    /// <param name="shape">The shape for one example; empty for a single number.</param>
    /// <exception cref="ArgumentException">The numbers do not make whole examples, or there are none.</exception>
    /// <exception cref="DataException">A number is NaN or infinite.</exception>
    public static Column Of<T>(string name, T[] content, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        int length = WholeExamples(name, content, shape);
        var field = new Field(name, DTypes.Of<T>(), Shape.OfSizes(shape));
        FieldCheck.Finite<T>(content, length, $"numbers of \"{name}\"");
        return new DenseColumn<T>(field, content);
    }

    /// <summary>A column of class labels. The array is taken over, not copied.</summary>
    /// <param name="name">The name of the field.</param>
    /// <param name="labels">The class of each example, or of each of its steps, example after example, from 0 to <paramref name="classes"/> − 1.</param>
    /// <param name="classes">The number of classes, at least 1.</param>
    /// <param name="allowUnlabelled">Whether −1 stands for an example without a label; false by default.</param>
    /// <param name="shape">The shape for one example, such as its number of steps; empty (the default) for one label.</param>
    /// <exception cref="ArgumentException">The labels do not make whole examples, or there are none.</exception>
    /// <exception cref="DataException">A label is out of range.</exception>
    public static Column Labels(string name, long[] labels, int classes, bool allowUnlabelled = false, params ReadOnlySpan<int> shape)
    {
        int length = WholeExamples(name, labels, shape);
        Settings.AtLeastOne(classes);
        if (shape.IsEmpty)
            ExampleCheck.Labels(labels, classes, least: allowUnlabelled ? -1 : 0);
        for (int row = 0; row < labels.Length / length && !shape.IsEmpty; row++)
            FieldCheck.Labels(labels.AsSpan(row * length, length), classes, row, allowUnlabelled ? -1 : 0);
        return new DenseColumn<long>(new Field(name, DType.Int64, Shape.OfSizes(shape)) { Classes = classes }, labels);
    }

    /// <summary>A column of sequences, whose length is another one in each example. The arrays are taken over, not copied.</summary>
    /// <typeparam name="T">The C# type of the numbers.</typeparam>
    /// <param name="name">The name of the field.</param>
    /// <param name="axis">The symbol of the ragged axis, such as "time": columns of the same symbol have the same lengths.</param>
    /// <param name="rows">The numbers of each example, step after step; empty for no step.</param>
    /// <param name="shape">The shape of one step; empty for a single number.</param>
    /// <exception cref="ArgumentException">The numbers of an example do not make whole steps, or there are no examples.</exception>
    /// <exception cref="DataException">A number is NaN or infinite.</exception>
    public static Column Ragged<T>(string name, string axis, T[][] rows, params ReadOnlySpan<int> shape)
        where T : unmanaged => RaggedColumn<T>.Create(name, axis, rows, 0, shape);

    /// <summary>A column of sequences of class labels, one for each step. The arrays are taken over, not copied.</summary>
    /// <param name="name">The name of the field.</param>
    /// <param name="axis">The symbol of the ragged axis.</param>
    /// <param name="rows">The class of each step of each example, from 0 to <paramref name="classes"/> − 1.</param>
    /// <param name="classes">The number of classes, at least 1.</param>
    /// <param name="allowUnlabelled">Whether −1 stands for a step without a label; false by default.</param>
    /// <exception cref="ArgumentException">There are no examples.</exception>
    /// <exception cref="DataException">A label is out of range.</exception>
    public static Column RaggedLabels(string name, string axis, long[][] rows, int classes, bool allowUnlabelled = false)
    {
        Settings.AtLeastOne(classes);
        for (int row = 0; row < rows.Length; row++)
            FieldCheck.Labels(rows[row], classes, row, allowUnlabelled ? -1 : 0);
        return RaggedColumn<long>.Create(name, axis, rows, classes, []);
    }

    private static int WholeExamples<T>(string name, T[] content, ReadOnlySpan<int> shape)
    {
        int length = Shapes.Length(shape, nameof(shape));
        return content.Length > 0 && content.Length % length == 0 ? length : throw new ArgumentException(
            $"Expected whole examples of shape {Shapes.Text(shape)} for the column \"{name}\", at least one, found {content.Length} numbers.", nameof(content));
    }

    /// <summary>The same column, whose numbers stand for texts.</summary>
    internal abstract Column Named(IReadOnlyList<string>? names);

    /// <summary>The length of the ragged axis in an example; 0 if there is none.</summary>
    internal virtual int LengthOf(int row) => 0;

    /// <summary>The content of an example.</summary>
    internal abstract ReadOnlySpan<byte> Row(int row);

    /// <summary>Some examples behind each other, sharing memory.</summary>
    internal abstract Column Slice(int start, int count);

    /// <summary>The examples of the given rows, copied.</summary>
    internal abstract Column Select(ReadOnlySpan<int> rows);
}
