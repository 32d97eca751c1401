import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { declaredRoutes } from '../declared-routes.js';
import { rolesPage } from './roles-table.js';

writeFileSync('docs/roles.md', rolesPage(declaredRoutes()));
