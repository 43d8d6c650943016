// Runs SQL in one Trino, for the Go driver (trino.go): one JSON object a line in,
// {"sql": [statements]}, one a line out, {"types": [...], "rows": [...]} of the last
// statement, or {"code": name, "error": text}. Values travel as in driver.mjs: numbers
// as text, dates as days, timestamps as microseconds, maps as lists of pairs; values of
// all other types as the text that a cast to varchar gives.
//
// Trino runs in the process, without its server, over a catalog of tables that CREATE
// TABLE AS makes and that are kept as the pages that came.
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airlift.slice.Slice;
import io.trino.Session;
import io.trino.client.ClientCapabilities;
import io.trino.execution.QueryIdGenerator;
import io.trino.metadata.SessionPropertyManager;
import io.trino.spi.Page;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.*;
import io.trino.spi.predicate.TupleDomain;
import io.trino.spi.security.Identity;
import io.trino.spi.statistics.ComputedStatistics;
import io.trino.spi.transaction.IsolationLevel;
import io.trino.spi.type.*;
import io.trino.testing.LocalQueryRunner;
import io.trino.testing.MaterializedResult;
import io.trino.testing.MaterializedRow;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

public class Trino {
    // A table, which is its own handle everywhere.
    public static class Table implements ConnectorTableHandle, ConnectorOutputTableHandle, ConnectorSplit {
        final ConnectorTableMetadata meta;
        final List<Page> pages = Collections.synchronizedList(new ArrayList<>());

        Table(ConnectorTableMetadata meta) { this.meta = meta; }

        @Override public Object getInfo() { return "pages"; }
        @Override public boolean isRemotelyAccessible() { return true; }
        @Override public List<io.trino.spi.HostAddress> getAddresses() { return List.of(); }
        @Override public long getRetainedSizeInBytes() { return 0; }
    }

    public record Column(int at) implements ColumnHandle {}

    enum Transaction implements ConnectorTransactionHandle { ONE }

    static class Tables implements ConnectorMetadata {
        final Map<SchemaTableName, Table> tables = new ConcurrentHashMap<>();

        @Override public List<String> listSchemaNames(ConnectorSession s) { return List.of("default"); }
        @Override public ConnectorTableHandle getTableHandle(ConnectorSession s, SchemaTableName name) { return tables.get(name); }
        @Override public ConnectorTableMetadata getTableMetadata(ConnectorSession s, ConnectorTableHandle t) { return ((Table) t).meta; }
        @Override public Map<String, ColumnHandle> getColumnHandles(ConnectorSession s, ConnectorTableHandle t) {
            Map<String, ColumnHandle> out = new LinkedHashMap<>();
            for (ColumnMetadata c : ((Table) t).meta.getColumns()) out.put(c.getName(), new Column(out.size()));
            return out;
        }
        @Override public ColumnMetadata getColumnMetadata(ConnectorSession s, ConnectorTableHandle t, ColumnHandle c) {
            return ((Table) t).meta.getColumns().get(((Column) c).at());
        }
        @Override public ConnectorOutputTableHandle beginCreateTable(ConnectorSession s, ConnectorTableMetadata meta, Optional<ConnectorTableLayout> layout, RetryMode retry) {
            return new Table(meta);
        }
        @Override public Optional<ConnectorOutputMetadata> finishCreateTable(ConnectorSession s, ConnectorOutputTableHandle t, Collection<Slice> fragments, Collection<ComputedStatistics> stats) {
            tables.put(((Table) t).meta.getTable(), (Table) t);
            return Optional.empty();
        }

        // LocalQueryRunner runs no DROP TABLE.
        boolean drop(String sql) {
            String lead = "DROP TABLE IF EXISTS ";
            if (!sql.startsWith(lead)) return false;
            tables.remove(new SchemaTableName("default", sql.substring(lead.length())));
            return true;
        }
    }

    static class Memory implements Connector {
        final Tables tables = new Tables();

        @Override public ConnectorTransactionHandle beginTransaction(IsolationLevel level, boolean readOnly, boolean autoCommit) { return Transaction.ONE; }
        @Override public ConnectorMetadata getMetadata(ConnectorSession s, ConnectorTransactionHandle t) { return tables; }
        @Override public ConnectorSplitManager getSplitManager() {
            return new ConnectorSplitManager() {
                @Override public ConnectorSplitSource getSplits(ConnectorTransactionHandle tx, ConnectorSession s, ConnectorTableHandle t, DynamicFilter f, Constraint c) {
                    return new FixedSplitSource(List.of((Table) t));
                }
            };
        }
        @Override public ConnectorPageSourceProvider getPageSourceProvider() {
            return new ConnectorPageSourceProvider() {
                @Override public ConnectorPageSource createPageSource(ConnectorTransactionHandle tx, ConnectorSession s, ConnectorSplit split, ConnectorTableHandle t, List<ColumnHandle> columns, DynamicFilter f) {
                    int[] at = columns.stream().mapToInt(c -> ((Column) c).at()).toArray();
                    return new FixedPageSource(((Table) split).pages.stream().map(p -> p.getColumns(at)).collect(Collectors.toList()));
                }
            };
        }
        @Override public ConnectorPageSinkProvider getPageSinkProvider() {
            return new ConnectorPageSinkProvider() {
                @Override public ConnectorPageSink createPageSink(ConnectorTransactionHandle tx, ConnectorSession s, ConnectorOutputTableHandle t, ConnectorPageSinkId id) {
                    return new ConnectorPageSink() {
                        @Override public CompletableFuture<?> appendPage(Page p) { ((Table) t).pages.add(p); return NOT_BLOCKED; }
                        @Override public CompletableFuture<Collection<Slice>> finish() { return CompletableFuture.completedFuture(List.of()); }
                        @Override public void abort() {}
                    };
                }
                @Override public ConnectorPageSink createPageSink(ConnectorTransactionHandle tx, ConnectorSession s, ConnectorInsertTableHandle t, ConnectorPageSinkId id) {
                    throw new UnsupportedOperationException();
                }
            };
        }
    }

    static Object plain(Type t, Object o) {
        if (o == null) return null;
        if (t instanceof ArrayType a) return ((List<?>) o).stream().map(x -> plain(a.getElementType(), x)).collect(Collectors.toList());
        if (t instanceof MapType m) return ((Map<?, ?>) o).entrySet().stream().map(e -> Arrays.asList(plain(m.getKeyType(), e.getKey()), plain(m.getValueType(), e.getValue()))).collect(Collectors.toList());
        if (t instanceof RowType r) {
            List<?> l = o instanceof MaterializedRow mr ? mr.getFields() : (List<?>) o;
            List<Object> out = new ArrayList<>();
            for (int i = 0; i < l.size(); i++) out.add(plain(r.getFields().get(i).getType(), l.get(i)));
            return out;
        }
        if (o instanceof Boolean) return o;
        if (o instanceof SqlDate d) return String.valueOf(d.getDays());
        if (o instanceof SqlTimestamp s && s.getPrecision() <= 6) return String.valueOf(s.getEpochMicros());
        if (o instanceof SqlDecimal d) return d.toBigDecimal().toPlainString();
        if (o instanceof SqlVarbinary v) return HexFormat.of().formatHex(v.getBytes());
        return o.toString();
    }

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err); // libraries log there
        Session session = Session.builder(new SessionPropertyManager())
            .setQueryId(new QueryIdGenerator().createNextQueryId())
            .setIdentity(Identity.ofUser("user")).setSource("test").setCatalog("memory").setSchema("default")
            .setTimeZoneKey(TimeZoneKey.UTC_KEY).setLocale(Locale.ENGLISH)
            .setClientCapabilities(Arrays.stream(ClientCapabilities.values()).map(Enum::toString).collect(Collectors.toSet()))
            .setRemoteUserAddress("address").setUserAgent("agent").build();
        LocalQueryRunner q = LocalQueryRunner.create(session);
        Memory memory = new Memory();
        q.createCatalog("memory", new ConnectorFactory() {
            @Override public String getName() { return "pages"; }
            @Override public Connector create(String name, Map<String, String> config, ConnectorContext context) { return memory; }
        }, Map.of());
        ObjectMapper json = new ObjectMapper();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            Map<String, Object> r = new LinkedHashMap<>();
            try {
                MaterializedResult res = null;
                for (var sql : json.readTree(line).get("sql")) if (!memory.tables.drop(sql.textValue())) res = q.execute(session, sql.textValue());
                r.put("types", res.getTypes().stream().map(Type::getDisplayName).collect(Collectors.toList()));
                List<List<Object>> rows = new ArrayList<>();
                for (MaterializedRow row : res.getMaterializedRows()) {
                    List<Object> l = new ArrayList<>();
                    for (int i = 0; i < row.getFieldCount(); i++) l.add(plain(res.getTypes().get(i), row.getField(i)));
                    rows.add(l);
                }
                r.put("rows", rows);
            } catch (TrinoException e) {
                r.put("code", e.getErrorCode().getName());
                r.put("error", String.valueOf(e.getMessage()));
            } catch (Throwable e) {
                r.put("code", e.getClass().getName());
                r.put("error", String.valueOf(e.getMessage()));
            }
            out.println(json.writeValueAsString(r));
        }
        System.exit(0);
    }
}
