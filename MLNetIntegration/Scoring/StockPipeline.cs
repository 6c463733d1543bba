using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Onnx;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>
/// Writes a transformer as a chain of ML.NET's own ones (copy columns, apply the ONNX model, hand its outputs through linear models with weights 1, copy back,
/// drop), so that a saved pipeline loads in any application that has Microsoft.ML.OnnxTransformer, with the columns that it has here.
/// </summary>
internal static class StockPipeline
{
    public static void Save(MLContext context, byte[] model, ModelBinding binding, IReadOnlyList<ClassLabels?> labels, DataViewSchema schema, ModelSaveContext ctx)
    {
        schema = WithLengths(schema, binding);
        (byte[] single, IReadOnlyDictionary<string, string> names) = SinglePrecisionEdges.Cast(model);
        ScoreOnnxOptions options = binding.OptionsWith(names);

        // A folder that only this user may enter: a model may hold what its training rows were.
        string folder = Directory.CreateTempSubdirectory("toolkit-").FullName;
        string file = Path.Combine(folder, "model.onnx");
        try
        {
            using OnnxSession session = OnnxSession.Load(single, new ServingOptions { Configure = options.Serving.Configure });
            var saved = new ModelBinding(session, schema, options, labels);
            File.WriteAllBytes(file, SavedOptions.Of(saved, labels).AppendTo(single));
            var chain = new StockChain(context, schema);
            chain.Reserve(session.Inputs.Concat(session.Outputs).Select(t => t.Name).Concat(saved.Columns.Select(c => c.Name)));
            AddModel(chain, file, session, saved);
            new StockColumns(chain, saved).Add();
            ITransformer whole = chain.ToTransformer();
            ((ICanSaveModel)whole).Save(ctx);
            (whole as IDisposable)?.Dispose();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The schema with a length for vectors of variable length that the model reads: the stock transformer refuses those, when it scores too, but what is saved here also gives the batched one
    /// back, which does not.</summary>
    private static DataViewSchema WithLengths(DataViewSchema schema, ModelBinding binding)
    {
        HashSet<string> open = [.. binding.Sources.Where(c => ColumnTypes.Length(c.Type) == 0).Select(c => c.Name)];
        if (open.Count == 0)
        {
            return schema;
        }

        var builder = new DataViewSchema.Builder();
        foreach (DataViewSchema.Column column in schema.Where(c => !c.IsHidden))
        {
            builder.AddColumn(
                column.Name, open.Contains(column.Name) ? new VectorDataViewType((PrimitiveDataViewType)ColumnTypes.Item(column.Type), 1) : column.Type, column.Annotations);
        }

        return builder.ToSchema();
    }

    private static void AddModel(StockChain chain, string file, OnnxSession session, ModelBinding binding)
    {
        MLContext context = chain.Context;
        InputColumns[] renamed = [.. binding.Inputs.Where(i => i.Columns is not [var only] || only.Name != i.Input.Name)];

        // An input may bear the name of a column that fills another: all columns are copied before the first name is overwritten.
        string[] copies = [.. renamed.Select(input =>
        {
            if (renamed.Length == 1)
            {
                return string.Empty;
            }

            string copy = chain.Scratch();
            Fill(chain, copy, input);
            return copy;
        })];
        for (int i = 0; i < renamed.Length; i++)
        {
            chain.Overwrite(renamed[i].Input.Name);
            if (copies[i].Length > 0)
            {
                chain.Add(context.Transforms.CopyColumns(renamed[i].Input.Name, copies[i]));
            }
            else
            {
                Fill(chain, renamed[i].Input.Name, renamed[i]);
            }
        }

        string[] outputs = [.. binding.Columns.OfType<OutputColumn>().Select(o => o.Tensor.Name)];
        foreach (string output in outputs)
        {
            chain.Overwrite(output);
        }

        chain.Add(context.Transforms.ApplyOnnxModel(new OnnxOptions
        {
            OutputColumns = outputs,
            InputColumns = [.. session.Inputs.Select(i => i.Name)],
            ModelFile = file,
            ShapeDictionary = Shapes(session, binding),
        }));
    }

    private static void Fill(StockChain chain, string name, InputColumns input) => chain.Add(input.Columns.Count == 1
        ? chain.Context.Transforms.CopyColumns(name, input.Columns[0].Name)
        : chain.Context.Transforms.Concatenate(name, [.. input.Columns.Select(c => c.Name)]));

    /// <summary>Shapes of one row, where the model itself leaves more than the batch open: the stock transformer finds no more than one size by itself.</summary>
    private static Dictionary<string, int[]>? Shapes(OnnxSession session, ModelBinding binding)
    {
        if (binding.Sizes.Count == 0)
        {
            return null;
        }

        TensorDescription[] tensors = [.. session.Inputs.Concat(session.Outputs)];
        return tensors.Where(t => t.Shape.Skip(1).All(d => d.Symbols.All(s => binding.Sizes.ContainsKey(s.Name)))).ToDictionary(
            t => t.Name, t => (int[])[1, .. t.Shape.Skip(1).Select(d => d.Evaluate(binding.Sizes))], StringComparer.Ordinal);
    }
}
