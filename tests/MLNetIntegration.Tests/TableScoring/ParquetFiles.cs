using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Toolkit.MLNetIntegration.Tests.TableScoring;

/// <summary>Writes and reads Parquet files cell by cell.</summary>
internal static class ParquetFiles
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="groupLengths">The rows of each row group.</param>
    /// <param name="columns">The name and all cells of each column: float[], float?[], long[], string?[] and so on.</param>
    public static void Write(string path, int[] groupLengths, params (string Name, Array Cells)[] columns) => WriteAsync(path, groupLengths, columns).GetAwaiter().GetResult();

    /// <summary>The cells of a column, null for one that is missing, over all files in turn.</summary>
    public static object?[] Column(IEnumerable<string> paths, string name) => [.. paths.SelectMany(path => Task.Run(() => ColumnAsync(path, name)).GetAwaiter().GetResult())];

    public static string[] Names(string path) => [.. Task.Run(() => ParquetReader.ReadSchemaAsync(path)).GetAwaiter().GetResult().Fields.Select(field => field.Name)];

    private static async Task WriteAsync(string path, int[] groupLengths, (string Name, Array Cells)[] columns)
    {
        DataField[] fields = [.. columns.Select(column => Field(column.Name, column.Cells.GetType().GetElementType()!))];
        await using FileStream stream = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream);
        int first = 0;
        foreach (int length in groupLengths)
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            for (int i = 0; i < fields.Length; i++)
                await Write(group, fields[i], columns[i].Cells, first, length);
            first += length;
        }
    }

    private static DataField Field(string name, Type type) => Nullable.GetUnderlyingType(type) is { } inner
        ? new DataField(name, inner, isNullable: true)
        : new DataField(name, type, isNullable: type == typeof(string));

    private static Task Write(ParquetRowGroupWriter group, DataField field, Array cells, int first, int length) => cells switch
    {
        float[] x => group.WriteAsync<float>(field, x.AsMemory(first, length)),
        float?[] x => group.WriteAsync<float>(field, x.AsMemory(first, length)),
        double[] x => group.WriteAsync<double>(field, x.AsMemory(first, length)),
        long[] x => group.WriteAsync<long>(field, x.AsMemory(first, length)),
        int?[] x => group.WriteAsync<int>(field, x.AsMemory(first, length)),
        short[] x => group.WriteAsync<short>(field, x.AsMemory(first, length)),
        bool[] x => group.WriteAsync<bool>(field, x.AsMemory(first, length)),
        DateTime?[] x => group.WriteAsync<DateTime>(field, x.AsMemory(first, length)),
        string[] x => group.WriteAsync(field, new ArraySegment<string>(x, first, length)),
        _ => throw new ArgumentException($"{cells.GetType()}", nameof(cells)),
    };

    private static async Task<object?[]> ColumnAsync(string path, string name)
    {
        await using ParquetReader reader = await ParquetReader.CreateAsync(path);
        DataField field = reader.Schema.FindDataField(name);
        var cells = new List<object?>();
        for (int i = 0; i < reader.RowGroupCount; i++)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
            cells.AddRange(await Read(group, field));
        }

        return [.. cells];
    }

    private static async Task<IEnumerable<object?>> Read(ParquetRowGroupReader group, DataField field)
    {
        int count = (int)group.RowCount;
        switch (Type.GetTypeCode(field.ClrType))
        {
            case TypeCode.Single:
                return await Read<float>();
            case TypeCode.Int64:
                return await Read<long>();
            case TypeCode.Int32:
                return await Read<int>();
            case TypeCode.Boolean:
                return await Read<bool>();
            case TypeCode.DateTime:
                return await Read<DateTime>();
            default:
                string?[] texts = new string?[count];
                await group.ReadAsync(field, texts.AsMemory()!);
                return texts;
        }

        async Task<IEnumerable<object?>> Read<T>()
            where T : struct
        {
            if (!field.IsNullable)
            {
                var whole = new T[count];
                await group.ReadAsync<T>(field, whole.AsMemory());
                return whole.Cast<object?>();
            }

            var cells = new T?[count];
            await group.ReadAsync<T>(field, cells.AsMemory());
            return cells.Select(cell => (object?)cell);
        }
    }
}
