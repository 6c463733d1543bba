using Microsoft.ML;
using Microsoft.ML.Data;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>The tokens of a text as keys, those of the numbers of their vocabulary plus 1.</summary>
internal sealed class TokenColumn(string name, string source, TextTokenizer tokenizer) : AddedColumn(name, source)
{
    /// <summary>What cuts texts.</summary>
    public TextTokenizer Tokenizer => tokenizer;

    /// <inheritdoc/>
    public override Delegate Getter(DataViewRow row)
    {
        ValueGetter<ReadOnlyMemory<char>> read = row.GetGetter<ReadOnlyMemory<char>>(SourceIn(row.Schema));
        ReadOnlyMemory<char> text = default;
        return (ValueGetter<VBuffer<uint>>)((ref VBuffer<uint> value) =>
        {
            read(ref text);
            IReadOnlyList<int> tokens = tokenizer.Read(text.ToString());
            VBufferEditor<uint> editor = VBufferEditor.Create(ref value, tokens.Count);
            for (int i = 0; i < tokens.Count; i++)
                editor.Values[i] = (uint)tokens[i] + 1;
            value = editor.Commit();
        });
    }

    /// <inheritdoc/>
    protected override DataViewType TypeFor(DataViewSchema.Column from) => from.Type is TextDataViewType
        ? new VectorDataViewType(new KeyDataViewType(typeof(uint), tokenizer.Count))
        : throw new ScoringException($"Expected a text in the column \"{Source}\", which a tokenizer reads, found {from.Type}.");
}
